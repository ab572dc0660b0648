from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.models import Resident
from gatepass.policy import Advice, Colour


class Reason(models.TextChoices):
    """Why a colour was given. Office staff see it; no gate ever does."""

    A1 = "A1", _("Confirmed or suspected case")
    B1 = "B1", _("Contact or arrival under observation")
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
