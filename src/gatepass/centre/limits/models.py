from __future__ import annotations

from django.db import models


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
