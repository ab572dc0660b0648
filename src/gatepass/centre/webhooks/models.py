from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.api.models import Token
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site


def new_key() -> str:
    return f"evt_{secrets.token_urlsafe(15)}"


class Event(models.Model):
    """Something that happened. Its number is the order in which things happened; its key is how receivers know it."""

    key = models.CharField(max_length=32, unique=True, default=new_key)
    type = models.CharField(max_length=30)
    """Of `events.EVENTS`, or `events.TEST`."""
    at = models.DateTimeField(db_index=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    """Where; none: nobody but programs for the whole town hears of it."""
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="+")
    """About whom, where it is about somebody: one who is protected is told of to nobody."""
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"event:{self.pk}"


class Subscription(models.Model):
    """An address to which a program wants to be told. It hears what its token may read, and only while that holds."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Sending")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped by the receiver")

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="subscriptions")
    url = models.CharField("URL", max_length=300)
    events = models.JSONField(_("Events"), default=list)
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(null=True)
    """Signs beside the new one until `old_until`, so that a receiver can change without losing any."""
    old_until = models.DateTimeField(null=True)
    state = models.CharField(_("State"), max_length=7, choices=State.choices, default=State.ACTIVE)
    mark = models.BigIntegerField(default=0)
    """Number of the last event that was looked at for it."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    failures = models.PositiveIntegerField(default=0)
    """In a row, since the last one that was taken."""
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    """Nothing is sent before: an address that does not answer is not asked for each event anew."""
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("token__name", "id")

    def __str__(self) -> str:
        return f"webhook:{self.pk}"


class Delivery(models.Model):
    """One event on its way to one address."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        TAKEN = "taken", pgettext_lazy("of an event", "Taken")
        DEAD = "dead", _("Given up")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(_("State"), max_length=6, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(_("Why"), max_length=60, blank=True)
    """What came back last: a status, or a word. Never the answer's text."""
    took_ms = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("subscription", "event"), name="an_event_once_to_an_address"),)
        indexes = (
            models.Index(
                fields=("subscription", "due_at"), condition=models.Q(state="queued"), name="webhooks_to_deliver"
            ),
            models.Index(fields=("subscription", "state", "-id"), name="deliveries_by_state"),
        )

    def __str__(self) -> str:
        return f"delivery:{self.pk}"


class Mark(models.Model):
    """One row: how far what happened elsewhere has become events."""

    change = models.BigIntegerField()
    """Number of the last change of a colour."""
    hour = models.DateTimeField()
    """Until then hours were told."""

    def __str__(self) -> str:
        return f"mark:{self.change}"
