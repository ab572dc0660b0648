from __future__ import annotations

import secrets
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Community(models.Model):
    """社区: the smallest administrative unit; staff are granted roles for it."""

    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=80, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """An estate, a hospital, a school: what a fence encloses. `name` is shown on its kiosks."""

    class Kind(models.TextChoices):
        ESTATE = "estate", _("Residential community")
        SERVICE = "service", _("Service centre")
        COMPANY = "company", _("Company")
        SCHOOL = "school", _("School")
        HOSPITAL = "hospital", _("Hospital")
        CARE = "care", _("Care home")
        OTHER = "other", _("Other site")

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=80)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    kind = models.CharField(_("Kind of site"), max_length=10, choices=Kind.choices, default=Kind.ESTATE)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    """Where it stands on the plan, 0 to 100 from the left and from the top; empty: not placed yet."""
    time_zone = models.CharField(_("Time zone"), max_length=40, blank=True)
    """Of the IANA database, where it is not the town's: days of a policy begin at midnight on the spot."""

    class Meta:
        ordering = ("community__name", "name")
        constraints = (models.UniqueConstraint(fields=("community", "name"), name="one_site_of_a_name_in_a_community"),)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The civil time of the place."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)


class Gate(models.Model):
    """One way through the fence. `rules` is a `policy.SiteRules` as JSON."""

    class Direction(models.TextChoices):
        IN = "in", _("Entrance")
        OUT = "out", _("Exit")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="gates")
    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=40)
    direction = models.CharField(_("Direction"), max_length=3, choices=Direction.choices, default=Direction.IN)
    rules = models.JSONField(default=dict)
    configuration = models.PositiveIntegerField(default=1)
    """Grows with every change of rules, names or direction. The device confirms the number that it uses."""
    find_until = models.DateTimeField(null=True)
    """Until then its terminal flashes and beeps."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("site__community__name", "site__name", "name")
        constraints = (models.UniqueConstraint(fields=("site", "name"), name="one_gate_of_a_name_at_a_site"),)

    def __str__(self) -> str:
        return self.name


def new_key_id() -> str:
    return f"dev-{secrets.token_hex(8)}"


class Device(models.Model):
    """The terminal at a gate. `id` is the key id of its signatures; at most one device of a gate is active."""

    id = models.CharField(primary_key=True, max_length=24, default=new_key_id, editable=False)
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="devices")
    public_key = models.BinaryField(validators=[MaxLengthValidator(32)])
    software = models.CharField(max_length=40)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-enrolled_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("gate",), condition=models.Q(revoked_at__isnull=True), name="one_active_device_a_gate"
            ),
        )

    def __str__(self) -> str:
        return self.id


class EnrolmentCode(models.Model):
    """A one-time code, kept only as its SHA-256: whoever reads the database cannot enrol a device."""

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="enrolment_codes")
    digest = models.BinaryField(unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    device = models.OneToOneField(Device, on_delete=models.PROTECT, null=True, related_name="enrolment_code")

    def __str__(self) -> str:
        return f"{self.gate_id} {self.issued_at:%Y-%m-%dT%H:%M:%SZ}"


class Health(models.Model):
    """The last heartbeat of a device, as the wire message `Heartbeat` says it; one row a device."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="health")
    heard_at = models.DateTimeField()
    clock_offset_ms = models.BigIntegerField()
    """Device clock minus the centre's."""
    software = models.CharField(max_length=40)
    directory = models.BigIntegerField()
    knowledge_at = models.DateTimeField(null=True)
    waiting = models.BigIntegerField()
    entered = models.BigIntegerField()
    left = models.BigIntegerField()
    readers = models.JSONField(default=list)
    """[{"family": "sam", "state": "ready", "detail": ""}]"""
    kiosk = models.BooleanField()
    reader_trouble = models.BooleanField(default=False)
    """One of the readers is absent or ill: said here too, so that a list of thousands can be narrowed to these."""
    configuration = models.BigIntegerField(default=0)
    """The number that the device uses; 0: software that is older than the numbers."""
    finding = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.device_id
