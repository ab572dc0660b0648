from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.fields import EncryptedBytesField, EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Device


class Request(models.Model):
    """Something that a resident asks about their own data, in their own words, and the answer."""

    class Kind(models.TextChoices):
        OBJECT = "object", _("Object to what is done with it")
        CORRECT = "correct", _("Correct it")
        ERASE = "erase", _("Erase it")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        GRANTED = "granted", _("Done")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    resident = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="privacy_requests")
    subject = models.BigIntegerField()
    """The resident's number, which outlives the resident."""
    applicant = models.ForeignKey(Applicant, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who asked on a phone; empty where staff wrote it down at the desk."""
    kind = models.CharField(_("What"), max_length=7, choices=Kind.choices)
    words = EncryptedTextField(null=True)
    """Goes when the person is erased."""
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.OPEN)
    sent_at = models.DateTimeField(_("Sent"))
    due_at = models.DateTimeField(_("Answer due"))
    answer = EncryptedTextField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_at", "id")
        indexes = (models.Index(fields=("state", "due_at"), name="privacy_to_answer"),)
        constraints = (
            models.UniqueConstraint(
                fields=("subject", "kind"), condition=models.Q(state="open"), name="one_open_request_of_a_kind"
            ),
        )

    def __str__(self) -> str:
        return f"request:{self.pk}"


class Erasure(models.Model):
    """One person is being erased, or has been. It ends when the last gate has said so."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waits for its turn")
        GATES = "gates", _("Waits for gates")
        DONE = "done", _("Erased everywhere")

    subject = models.BigIntegerField()
    """The number that the resident had: nothing else is left of them."""
    request = models.ForeignKey(Request, on_delete=models.SET_NULL, null=True, related_name="erasures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("State"), max_length=6, choices=State.choices, default=State.QUEUED)
    person_keys = EncryptedBytesField(null=True)
    """16 bytes each: what the gates are told to forget. Gone when the last one has."""
    asked_at = models.DateTimeField(_("Asked for"))
    rows_gone_at = models.DateTimeField(null=True)
    """When the last row at the centre was gone."""
    finished_at = models.DateTimeField(_("Finished"), null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state",), condition=~models.Q(state="done"), name="erasures_under_way"),)

    def __str__(self) -> str:
        return f"erasure:{self.pk}"


class Receipt(models.Model):
    """That one store has forgotten the person: which, how much, when. Its audit entry puts it into the chain."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="receipts")
    store = models.CharField(_("Store"), max_length=60)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    """Of a gate's receipt: it is asked for with an empty `at`, and given with one."""
    at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    """What -> how many rows."""
    proof = models.BinaryField(null=True)
    """Of a gate: its Ed25519 signature over `wire.erasure.signed_bytes`; one for each part where there were several."""
    entry = models.BigIntegerField(null=True)
    """Number of the audit entry."""

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("erasure", "store"), name="one_receipt_of_a_store"),)
        indexes = (models.Index(fields=("device",), condition=models.Q(at__isnull=True), name="receipts_to_come"),)

    def __str__(self) -> str:
        return f"receipt:{self.pk}"
