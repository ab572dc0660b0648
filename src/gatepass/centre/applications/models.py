from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site


class Application(models.Model):
    """What an applicant told, encrypted as a whole, and what became of it."""

    class State(models.TextChoices):
        SENT = "sent", _("Waiting")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Refusal(models.TextChoices):
        """Why the office says no. Each has a next step in `actions`."""

        NOT_HERE = "not_here", _("Does not live or work at this site")
        DOCUMENT = "document", _("The document does not fit the person")
        CONSENT = "consent", _("The person did not agree")
        TWICE = "twice", _("The same application is there already")

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="applications")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="applications")
    relation = models.CharField(_("Relation"), max_length=14, choices=Relation.choices)
    consent = models.CharField(_("Consent"), max_length=14, choices=Consent.choices)
    facts = EncryptedTextField()
    """JSON of `applications.facts.ApplicationFacts`."""
    person_key = models.BinaryField(max_length=16, db_index=True)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, blank=True, related_name="applications")
    """Whose document it is, or whom it was approved for. The applicant is never told before the approval."""
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.SENT)
    refusal = models.CharField(_("Why"), max_length=8, choices=Refusal.choices, blank=True)
    sent_at = models.DateTimeField(_("Sent"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("sent_at", "id")
        indexes = (
            models.Index(fields=("state", "site", "sent_at"), name="applications_to_decide"),
            models.Index(fields=("state", "-decided_at", "-id"), name="applications_decided"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("applicant", "person_key"), condition=models.Q(state="sent"), name="one_application_waits"
            ),
        )

    def __str__(self) -> str:
        return f"application:{self.pk}"
