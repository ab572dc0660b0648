from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField


class Channel(models.TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


PUSH: Final = "push"
"""A browser that wants to be told (`webpush`): the address is the number of its subscription."""
CARRIERS: Final = (*Channel.choices, (PUSH, _("Web push")))


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    LATE = "late", _("Too late to send")


class Message(models.Model):
    """One message to one person. Where and what are encrypted, and what was said goes as soon as it is sent."""

    channel = models.CharField(_("Channel"), max_length=5, choices=CARRIERS)
    address = EncryptedTextField()
    kind = models.CharField(_("Kind"), max_length=30)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(max_length=120, blank=True)
    text = EncryptedTextField(null=True)
    state = models.CharField(_("State"), max_length=6, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """Not before. Each failure puts it later."""
    not_after = models.DateTimeField(null=True)
    """A one-time code that has run out is not sent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(_("Why"), max_length=60, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(state="queued"), name="messages_to_send"),
            models.Index(fields=("state", "-id"), name="messages_by_state"),
        )

    def __str__(self) -> str:
        return f"message:{self.pk}"
