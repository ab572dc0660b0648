from __future__ import annotations

from django.conf import settings
from django.db import models

from gatepass.centre.sites.models import Device, Gate, Site


class StageHour(models.Model):
    """How often a stage of an answer was measured at a gate in one local hour of the town, and how long it took."""

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=20)
    """As the wire calls it: decided, asked, durable, shown, painted, sounded."""
    n = models.BigIntegerField()
    total_us = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("day", "gate", "hour", "stage"), name="one_row_a_stage_and_hour"),
        )

    def __str__(self) -> str:
        return f"{self.gate_id} {self.day} {self.hour} {self.stage}"


class StageDay(models.Model):
    """The same of all gates and hours of a day together: a page about a whole town reads six rows, not a million."""

    day = models.DateField()
    stage = models.CharField(max_length=20)
    n = models.BigIntegerField()
    total_us = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "stage"), name="one_row_a_stage_and_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.stage}"


class StageSeen(models.Model):
    """What a device had counted when it was last asked: it counts from its start, here only the difference is added."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="+")
    started = models.BigIntegerField()
    counts = models.JSONField(default=dict)
    """stage -> [n, total_us]"""

    def __str__(self) -> str:
        return self.device_id


class Report(models.Model):
    """The figures of one site's day, as they stood when the report was made. Printed in the reader's language."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Empty: the evening's own."""
    figures = models.JSONField()
    """A `statistics.Statistics`."""

    class Meta:
        ordering = ("-day", "site__name", "-made_at")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "day"), condition=models.Q(by__isnull=True), name="one_evening_report_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"report:{self.pk}"
