from __future__ import annotations

from datetime import tzinfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.rosters.channels import Channel
from gatepass.centre.rosters.duty import Place
from gatepass.centre.sites.models import Community, Site


class Placed(models.Model):
    """Of a site, of a whole community, or (both empty) of the whole town."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def place(self) -> Place:
        return self.community_id, self.site_id

    @property
    def zone(self) -> tzinfo:
        """On whose wall clock its hours are."""
        return self.site.zone if self.site is not None else timezone.get_default_timezone()


class Weekly(Placed):
    """Hours that repeat by the week."""

    weekdays = models.JSONField(default=list)
    """[0, 1, …, 6]; Monday is 0."""
    starts = models.TimeField(_("Begins"))
    ends = models.TimeField(_("Ends"))
    """At or before `starts`: on the next day."""
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"), null=True, blank=True)

    class Meta:
        abstract = True


class Shift(Weekly):
    """Somebody's duty that repeats. What it becomes on a single day is in `Change`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shifts")
    languages = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    every_weeks = models.PositiveSmallIntegerField(_("Every so many weeks"), default=1)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("starts", "id")

    def __str__(self) -> str:
        return f"shift:{self.pk}"


class Change(Placed):
    """What differs once from the shifts; the layers are explained in `duty`."""

    class Kind(models.TextChoices):
        INSTEAD = "instead", _("Taken over")
        EXTRA = "extra", _("Extra duty")
        AWAY = "away", _("Absent")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duty_changes")
    """Who is away, or does the duty."""
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, null=True, related_name="changes")
    day = models.DateField(null=True)
    """Of `shift`, on its own wall clock: the day on which it begins."""
    languages = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(begins_at__lt=models.F("ends_at")), name="change_has_length"),
            models.CheckConstraint(
                condition=~models.Q(kind="instead") | models.Q(shift__isnull=False, day__isnull=False),
                name="taken_over_is_a_shift",
            ),
        )
        indexes = (models.Index(fields=("ends_at",), name="changes_by_end"),)

    def __str__(self) -> str:
        return f"change:{self.pk}"


class Swap(models.Model):
    """One shift of one day, offered to a colleague or to all. offered -> taken | withdrawn, by compare-and-set."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        TAKEN = "taken", _("Taken")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    day = models.DateField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """Empty: whoever can."""
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.OFFERED)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("begins_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("shift", "day"), condition=models.Q(state="offered"), name="offered_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"swap:{self.pk}"


class HandOver(Placed):
    """A note for whoever is on duty next. It may name people: encrypted, and gone after two weeks."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = EncryptedTextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"handover:{self.pk}"


class Need(Weekly):
    """When somebody must be on duty for a language over a channel, and how long before a gap people are told."""

    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    channel = models.CharField(_("Channel"), max_length=5, choices=Channel.choices)
    least = models.PositiveSmallIntegerField(_("At least so many people"), default=1)
    lead_hours = models.PositiveSmallIntegerField(_("Hours of warning"), default=72)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("language", "channel", "id")

    def __str__(self) -> str:
        return f"need:{self.pk}"


class Feed(models.Model):
    """The secret address of one member's calendar; only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feeds")
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(revoked_at__isnull=True), name="one_calendar_a_member"
            ),
        )

    def __str__(self) -> str:
        return f"feed:{self.pk}"
