from __future__ import annotations

from django.conf import settings
from django.db import models

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident


class Merge(models.Model):
    """Two rows were one person. `other` stays, hidden, and everything that moved from it is written down here."""

    kept = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="merged_by")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved = models.JSONField(default=dict)
    """`app.model` -> the primary keys that were moved from `other` to `kept`."""
    before = EncryptedTextField()
    """JSON: what `kept` said before, of the fields that were taken from `other`; it may hold names."""
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("other",), condition=models.Q(undone_at__isnull=True), name="merged_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"merge:{self.pk}"
