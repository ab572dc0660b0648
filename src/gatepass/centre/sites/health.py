"""How a gate is doing, from its device's last heartbeat: in words for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gatepass.centre.sites.models import Device, Gate, Health

ONLINE_WITHIN = timedelta(seconds=30)
CLOCK_TOLERANCE_MS = 60_000
"""More than this and signatures come close to their replay window of 300 s."""
KNOWLEDGE_TOLERANCE = timedelta(minutes=10)


class State(StrEnum):
    NO_DEVICE = "no_device"
    SILENT = "silent"
    """Enrolled, and never heard since."""
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the page says of one gate. `remarks` are whole sentences; empty when nothing needs a look."""

    gate: Gate
    device: Device | None
    health: Health | None
    state: State
    sentence: str
    remarks: tuple[str, ...] = ()

    @property
    def heard(self) -> str:
        """When the device was heard of; empty where it never was."""
        if self.health is None:
            return ""
        if timezone.now() - self.health.heard_at < timedelta(minutes=1):
            return _("just now")
        return _("%(time)s ago") % {"time": timesince(self.health.heard_at)}

    @property
    def needs_a_look(self) -> bool:
        return self.state is not State.ONLINE or bool(self.remarks)


def condition_of(gate: Gate, now: datetime | None = None) -> Condition:
    """`gate.devices` may be prefetched with `health`."""
    now = now or timezone.now()
    device = next((device for device in gate.devices.all() if device.revoked_at is None), None)
    if device is None:
        return Condition(gate, None, None, State.NO_DEVICE, _("No device yet. Issue an enrolment code to set one up."))
    health = getattr(device, "health", None)
    if health is None:
        return Condition(gate, device, None, State.SILENT, _("Enrolled, and not heard of yet."))
    if now - health.heard_at <= ONLINE_WITHIN:
        return Condition(gate, device, health, State.ONLINE, _("Online."), tuple(_remarks(health, now)))
    waited = timesince(health.heard_at, now)
    sentence = _("No contact for %(time)s. The gate goes on deciding by itself and sends its records later.") % {
        "time": waited
    }
    return Condition(gate, device, health, State.OFFLINE, sentence)


def _remarks(health: Health, now: datetime) -> list[str]:
    remarks = []
    if health.knowledge_at is None:
        remarks.append(_("It has no directory yet: nobody is known to it."))
    elif now - health.knowledge_at > KNOWLEDGE_TOLERANCE:
        remarks.append(_("Its knowledge is %(time)s old.") % {"time": timesince(health.knowledge_at, now)})
    for reader in health.readers:
        if reader["state"] == "absent":
            remarks.append(_("The card reader is not there. Check its plug."))
        elif reader["state"] == "ill":
            remarks.append(_("The card reader answers with errors."))
    if not health.kiosk:
        remarks.append(_("No screen is connected."))
    if abs(health.clock_offset_ms) > CLOCK_TOLERANCE_MS:
        seconds = abs(health.clock_offset_ms) // 1000
        remarks.append(
            ngettext("Its clock is wrong by %(seconds)d second.", "Its clock is wrong by %(seconds)d seconds.", seconds)
            % {"seconds": seconds}
        )
    return remarks
