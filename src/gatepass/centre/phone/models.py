from __future__ import annotations

from django.db import models


class Told(models.Model):
    """One row: up to which change of colour the people concerned have been told."""

    change = models.BigIntegerField()

    def __str__(self) -> str:
        return f"told:{self.change}"
