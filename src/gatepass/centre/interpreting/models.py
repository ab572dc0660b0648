from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Gate, Site
from gatepass.centre.volunteers.models import Volunteer


class State(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("of a call", "All are talking")
    RINGING = "ringing", pgettext_lazy("of a call", "Ringing")
    TALKING = "talking", pgettext_lazy("of a call", "Talking")
    LINE = "line", pgettext_lazy("of a call", "Telephone line shown")
    CARD = "card", pgettext_lazy("of a call", "Phrase card shown")
    ENDED = "ended", pgettext_lazy("of a call", "Ended")


class Source(models.TextChoices):
    KIOSK = "kiosk", _("Screen at the gate")
    DESK = "desk", _("Guard's desk")
    PHONE = "phone", _("Resident's phone")


class Outcome(models.TextChoices):
    HELPED = "helped", pgettext_lazy("of a call", "Helped")
    REGISTERED = "registered", pgettext_lazy("of a call", "Registered the person")
    PASSED_ON = "passed_on", pgettext_lazy("of a call", "Passed on to the office")
    NOTHING = "nothing", pgettext_lazy("of a call", "Nobody there, or no help possible")


class Call(models.Model):
    """One wish for an interpreter. `actions` alone moves it, by compare-and-set; sound and picture never pass here."""

    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    source = models.CharField(_("From where"), max_length=6, choices=Source.choices)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, null=True, related_name="+")
    device = models.CharField(max_length=24, blank=True)
    """Key id of the terminal that asked: nobody else takes part in the call."""
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, null=True, related_name="+")
    """Who asked on the own phone."""
    state = models.CharField(_("State"), max_length=8, choices=State.choices)
    state_at = models.DateTimeField()
    interpreter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who is rung, or talks, or talked last."""
    volunteer = models.ForeignKey(Volunteer, on_delete=models.SET_NULL, null=True, related_name="+")
    """The same, where it is a volunteer: then `interpreter` is empty."""
    asked_at = models.DateTimeField()
    asker_seen_at = models.DateTimeField()
    interpreter_seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("Outcome"), max_length=10, choices=Outcome.choices, blank=True)
    notes = EncryptedTextField(null=True)
    resident = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="+")
    """Whom the interpreter registered while talking."""

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("asked_at",), condition=~models.Q(state="ended"), name="calls_under_way"),
            models.Index(fields=("site", "-asked_at"), name="calls_of_a_site"),
        )

    def __str__(self) -> str:
        return f"call:{self.pk}"


class Move(models.Model):
    """One transition of a call. `by` is empty where a clock or the asker moved it."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    old = models.CharField(max_length=8, choices=State.choices, blank=True)
    new = models.CharField(max_length=8, choices=State.choices)
    rung = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """Whom the new state is about."""
    volunteer = models.ForeignKey(Volunteer, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=12, blank=True)
    """asked, missed, declined, answered, lost, turn, nobody, long, hung_up, gone."""

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.call_id}: {self.old} {self.new}"


class Signal(models.Model):
    """What the two browsers tell each other to find a way for sound and picture. Gone when the call ends."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="signals")
    to_interpreter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """Both empty: to the asker. Named: a word meant for one who was lost is not for whoever comes next."""
    to_volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, null=True, related_name="+")
    body = models.TextField()
    """JSON."""
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"signal:{self.pk}"


class Line(models.Model):
    """The telephone number that is shown when nobody answers at a screen."""

    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """Empty: the whole town's."""
    number = models.CharField(_("Telephone number"), max_length=30)

    class Meta:
        ordering = ("language", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("language", "site"), name="one_line_a_language_and_site", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"line:{self.pk}"
