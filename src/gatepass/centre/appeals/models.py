from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident


class Appeal(models.Model):
    """One objection to the present colour, in the person's own words, and the answer."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class About(models.TextChoices):
        NOT_ME = "not_me", _("This is about somebody else")
        WRONG_FACT = "wrong_fact", _("A test, stay or contact is wrong")
        OVER = "over", _("It is over, and my code has not changed")
        OTHER = "other", _("Something else")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="appeals")
    applicant = models.ForeignKey(Applicant, on_delete=models.SET_NULL, null=True, related_name="appeals")
    """Empty where staff wrote it down for somebody at the desk."""
    about = models.CharField(_("About"), max_length=10, choices=About.choices)
    words = EncryptedTextField()
    colour = models.CharField(max_length=6, blank=True)
    reason = models.CharField(max_length=2, blank=True)
    """What the code said when the appeal was sent."""
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.OPEN)
    sent_at = models.DateTimeField(_("Sent"))
    due_at = models.DateTimeField(_("Answer due"))
    answer = EncryptedTextField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_at", "id")
        indexes = (models.Index(fields=("state", "due_at"), name="appeals_to_answer"),)
        constraints = (
            models.UniqueConstraint(
                fields=("resident",), condition=models.Q(state="open"), name="one_open_appeal_of_a_resident"
            ),
        )

    def __str__(self) -> str:
        return f"appeal:{self.pk}"
