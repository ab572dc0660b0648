from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.models import Resident
from gatepass.policy import Advice, Colour


class Reason(models.TextChoices):
    """Why a colour was given; the letter is the colour. Office staff and the person see it; no gate ever does.

    These are the words where a colour was set without a policy. A policy has words of its own for the same codes, to
    the person and in five languages: `policies.access.explanation`.
    """

    A1 = "A1", _("Confirmed case")
    A2 = "A2", _("Suspected case")
    A3 = "A3", _("Positive test")
    A4 = "A4", _("Close contact")
    A5 = "A5", _("Stay in a high-risk area")
    A6 = "A6", _("Arrival from abroad")
    A7 = "A7", _("In quarantine")
    A8 = "A8", _("Symptoms after an exposure")
    B1 = "B1", _("Met a contact, or was at the same place")
    B2 = "B2", _("Symptoms")
    B3 = "B3", _("Stay in a medium-risk area")
    B4 = "B4", _("Under health monitoring")
    B5 = "B5", _("A declaration or a test is missing")
    B6 = "B6", _("The office has to look")
    C = "C", _("No known risk")


COLOURS = ((Colour.GREEN, _("Green")), (Colour.YELLOW, _("Yellow")), (Colour.RED, _("Red")))
ADVICES = (
    (Advice.NONE, _("No next step")),
    (Advice.APPLY, _("Apply for a health code")),
    (Advice.DECLARE, _("Renew the health declaration")),
    (Advice.TEST, _("Take a test")),
    (Advice.STAY_HOME, _("Stay at home and wait for a call")),
    (Advice.APPEAL, _("Appeal is being looked at")),
    (Advice.VISIT_OFFICE, _("Come to the community office")),
    (Advice.RENEW_DOCUMENT, _("Renew the identity document")),
)


class Code(models.Model):
    """What is true of a resident now. `colour` is empty for a registered person without a valid code."""

    resident = models.OneToOneField(Resident, on_delete=models.CASCADE, primary_key=True, related_name="code")
    colour = models.CharField(_("Colour"), max_length=6, choices=COLOURS, blank=True)
    reason = models.CharField(_("Reason"), max_length=2, choices=Reason.choices, blank=True)
    advice = models.CharField(_("Next step"), max_length=16, choices=ADVICES, default=Advice.NONE)
    since = models.DateTimeField()
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    """Until then nothing changes unless a fact does. Then a policy looks again; without one the code has run out."""
    policy = models.ForeignKey(
        "policies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The version that the colour follows; None: none has ever looked at this resident."""
    by_hand = models.BooleanField(default=False)
    """Somebody has decided otherwise: the policy waits until `valid_until`, or for ever where there is none."""

    class Meta:
        indexes = (
            models.Index(
                fields=("valid_until",), condition=models.Q(valid_until__isnull=False), name="codes_to_expire"
            ),
            models.Index(fields=("colour",), name="codes_by_colour"),
        )

    def __str__(self) -> str:
        return f"code:{self.pk}"


class CodeChange(models.Model):
    """One line of a resident's history; the newest says what `Code` says."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="code_changes")
    at = models.DateTimeField()
    colour = models.CharField(_("Colour"), max_length=6, choices=COLOURS, blank=True)
    reason = models.CharField(_("Reason"), max_length=2, choices=Reason.choices, blank=True)
    advice = models.CharField(_("Next step"), max_length=16, choices=ADVICES, default=Advice.NONE)
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    by_name = models.CharField(max_length=120, blank=True)
    """The staff member's name at that time; empty where the system did it."""
    policy = models.ForeignKey(
        "policies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The version that made it; None: a person did, or a code ran out."""
    by_hand = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("resident", "-id"), name="history_of_a_resident"),)

    def __str__(self) -> str:
        return f"change:{self.pk}"


class DirectoryChange(models.Model):
    """The outbox: this person key's state must be published again. Written in the verb's own transaction."""

    person_key = models.BinaryField()
    queued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"queued:{self.pk}"
