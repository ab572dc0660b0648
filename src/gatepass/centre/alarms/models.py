from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.sending.models import Channel
from gatepass.centre.sites.models import Community, Site


class State(models.TextChoices):
    ARMED = "armed", _("Watched")
    RAISED = "raised", _("New")
    ACKNOWLEDGED = "acknowledged", _("Somebody is on it")
    CLEARED = "cleared", _("Over")


class Alarm(models.Model):
    """One trouble of one subject, from its first sign until it is over. `actions` alone moves it."""

    kind = models.CharField(_("Kind"), max_length=40)
    """Of `kinds.KINDS`."""
    subject = models.CharField(max_length=120)
    """What it is about: `gate:12`, `gate:12 sam`. One open alarm of a kind for each."""
    community = models.ForeignKey(Community, on_delete=models.CASCADE, null=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    """Where; both empty: the whole town's."""
    facts = models.JSONField(default=dict)
    """For the sentence. Places and machines, never people."""
    state = models.CharField(_("State"), max_length=12, choices=State.choices)
    armed_at = models.DateTimeField()
    alert_after = models.DateTimeField()
    """Raised from then on, unless cured before."""
    raised_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    """Last noticed."""
    count = models.PositiveIntegerField(default=1)
    """How often it was noticed."""
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-raised_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject"), condition=~models.Q(state="cleared"), name="one_open_alarm_of_a_subject"
            ),
        )
        indexes = (
            # With the state: by `alert_after` alone, SQLite would rather read all that are armed by `alarms_by_state`.
            models.Index(fields=("state", "alert_after"), condition=models.Q(state="armed"), name="alarms_to_raise"),
            models.Index(fields=("state", "-raised_at"), name="alarms_by_state"),
            models.Index(fields=("kind", "subject"), name="alarms_of_a_subject"),
        )

    def __str__(self) -> str:
        return f"alarm:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in {State.RAISED, State.ACKNOWLEDGED}


class Flip(models.Model):
    """One move of an alarm from one state to the next. `by` is empty where a machine moved it."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="flips")
    at = models.DateTimeField()
    old = models.CharField(max_length=12, choices=State.choices)
    new = models.CharField(max_length=12, choices=State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.alarm_id}: {self.old} {self.new}"


class Delivery(models.Model):
    """Who was told that an alarm was raised, by which channel."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("alarm", "user"), name="told_once"),)

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.user_id}"


class Contact(models.Model):
    """Where a member of staff wants alarms. Without one, alarms wait for them on the page."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="alarm_contact"
    )
    channel = models.CharField(_("Channel"), max_length=5, choices=Channel.choices)
    address = EncryptedTextField()

    def __str__(self) -> str:
        return str(self.user_id)
