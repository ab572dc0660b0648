from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """One try of one subject (a telephone, an address on the network), which is stored as a keyed hash."""

    limit = models.CharField(max_length=40)
    subject = models.BinaryField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("limit", "subject", "at"), name="tries_of_a_subject"),
            models.Index(fields=("at",), name="tries_to_forget"),
        )

    def __str__(self) -> str:
        return f"attempt:{self.pk}"


class Alarm(models.Model):
    """A limit was passed. One row while it goes on; a new one after it was cleared, or after a quiet day."""

    limit = models.CharField(_("What"), max_length=40)
    subject = models.BinaryField(max_length=16)
    address = models.GenericIPAddressField(_("Network address"), null=True, blank=True)
    first_at = models.DateTimeField(_("First"))
    last_at = models.DateTimeField(_("Last"))
    count = models.PositiveIntegerField(_("Refused"), default=1)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-last_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("limit", "subject"), condition=models.Q(cleared_at__isnull=True), name="one_open_alarm"
            ),
        )

    def __str__(self) -> str:
        return f"alarm:{self.pk}"
