"""How a gate is doing, from its device's last heartbeat: in words for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gatepass.centre.sites.ailments import ONLINE_WITHIN, Ailment, ailments_of
from gatepass.centre.sites.models import Device, Gate, Health
from gatepass.centre.sites.words import reader_word


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
    def readers(self) -> list[dict[str, str]]:
        """Of the last heartbeat: family, state, and what people call it."""
        said = self.health.readers if self.health else []
        return [{**reader, "word": capfirst(reader_word(reader["family"]))} for reader in said]

    @property
    def unconfirmed(self) -> bool:
        """The device does not use what was configured last. Software without numbers (0) cannot say."""
        return self.health is not None and self.health.configuration not in {0, self.gate.configuration}

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
    return [_in_words(ailment, now) for ailment in ailments_of(health, now)]


def _in_words(ailment: Ailment, now: datetime) -> str:
    reader = capfirst(reader_word(ailment.reader))
    match ailment.code:
        case "no_directory":
            return _("It has no directory yet: nobody is known to it.")
        case "knowledge_stale":
            return _("Its knowledge is %(time)s old.") % {"time": timesince(ailment.since or now, now)}
        case "reader_unplugged":
            return _("%(reader)s is not there. Check its plug.") % {"reader": reader}
        case "reader_ill":
            return _("%(reader)s answers with errors.") % {"reader": reader}
        case "no_screen":
            return _("No screen is connected.")
    return ngettext(
        "Its clock is wrong by %(seconds)d second.", "Its clock is wrong by %(seconds)d seconds.", ailment.seconds
    ) % {"seconds": ailment.seconds}
