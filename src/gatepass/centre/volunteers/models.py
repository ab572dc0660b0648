from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site


class Kind(models.TextChoices):
    """What a volunteer may be asked for."""

    PHONE = "phone", _("Telephone somebody")
    VISIT = "visit", _("Come along to a visit")
    INTERPRET = "interpret", _("Interpret on the spot")
    CALLS = "calls", _("Take calls from a gate, on your phone")


TASKS: Final = tuple((kind.value, kind.label) for kind in (Kind.PHONE, Kind.VISIT, Kind.INTERPRET))
"""What a task may be. A call is no task: it rings, and whoever takes it has it (`interpreting`)."""


class Volunteer(models.Model):
    """A resident who offers to help in a language. applied -> confirmed | refused; confirmed -> left."""

    class State(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("of a volunteer", "Has applied")
        CONFIRMED = "confirmed", pgettext_lazy("of a volunteer", "Confirmed")
        REFUSED = "refused", pgettext_lazy("of a volunteer", "Not taken")
        LEFT = "left", pgettext_lazy("of a volunteer", "Has stopped")

    applicant = models.OneToOneField(Applicant, on_delete=models.CASCADE, related_name="volunteer")
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="volunteering")
    languages = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    words = EncryptedTextField(null=True)
    """About themself, for whoever decides."""
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.APPLIED)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    """Refused, or stopped by themself or by the office."""

    class Meta:
        ordering = ("-applied_at", "-id")

    def __str__(self) -> str:
        return f"volunteer:{self.pk}"


class Hours(models.Model):
    """When somebody has time, on the wall clock of the site where they live."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    """Monday is 0."""
    starts = models.TimeField()
    ends = models.TimeField()
    """00:00: midnight at the end of the day."""

    class Meta:
        ordering = ("weekday", "starts")

    def __str__(self) -> str:
        return f"hours:{self.pk}"


class Task(models.Model):
    """One thing to do for somebody, in a language. open -> taken -> done; open or taken -> cancelled."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("of a task", "Nobody yet")
        TAKEN = "taken", pgettext_lazy("of a task", "Taken on")
        DONE = "done", pgettext_lazy("of a task", "Done")
        CANCELLED = "cancelled", pgettext_lazy("of a task", "Called off")

    kind = models.CharField(_("Kind"), max_length=10, choices=TASKS)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="+")
    """For whom; empty where the words say it."""
    words = EncryptedTextField()
    """What to do, whom to call and where: read by whoever has taken it on, not before."""
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    taken_by = models.ForeignKey(Volunteer, on_delete=models.SET_NULL, null=True, related_name="tasks")
    closed_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(_("Minutes"), null=True)
    """What the volunteer gave, by their own word."""

    class Meta:
        ordering = ("-begins_at", "-id")
        indexes = (
            models.Index(fields=("state", "begins_at"), name="tasks_by_state"),
            models.Index(fields=("-begins_at", "-id"), name="tasks_in_order"),
        )

    def __str__(self) -> str:
        return f"task:{self.pk}"


class Ask(models.Model):
    """One volunteer was asked for one task. asked -> accepted | declined | closed (somebody else, or called off)."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("of a question to a volunteer", "Asked")
        ACCEPTED = "accepted", pgettext_lazy("of a question to a volunteer", "Said yes")
        DECLINED = "declined", pgettext_lazy("of a question to a volunteer", "Said no")
        CLOSED = "closed", pgettext_lazy("of a question to a volunteer", "No longer needed")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="asks")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="asks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("task", "volunteer"), name="asked_once"),)

    def __str__(self) -> str:
        return f"ask:{self.pk}"
