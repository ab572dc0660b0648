"""Travel documents of a state that does not exist, and a gate that has its key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.identity import zones

from gatepass.identity.emrtd import lds, tlv
from gatepass.readers.pcsc import AccessKey, SoftwareChip
from gatepass.readers.pcsc.access import Pace, ways
from gatepass.readers.pcsc.specimens import SpecimenState, data_group_1, data_group_2

TODAY = date(2026, 11, 24)
ZONE = zones.passport(expiry="320415").replace("\n", "")
NUMBER = "L898902C3"
OTHER_ZONE = zones.passport(names="LI<<JIANGUO", number="X12345678", birth="680705", sex="M", expiry="330101").replace(
    "\n", ""
)
KEY = AccessKey.of_zone(ZONE)
OTHER_KEY = AccessKey.of_zone(OTHER_ZONE)


@cache
def state() -> SpecimenState:
    """Utopia."""
    return SpecimenState("UT", first=date(2021, 1, 1))


@cache
def files(zone: str = ZONE) -> Mapping[int, bytes]:
    """Of a passport, signed."""
    return state().issue({1: data_group_1(zone), 2: data_group_2()})


def passport(zone: str = ZONE, **options: Any) -> SoftwareChip:
    """A chip with Basic Access Control, or with what `options` say."""
    options = {"key": AccessKey.of_zone(zone)} | options
    return SoftwareChip(options.pop("files", files(zone)), **options)


def way(name: str = "2.2", parameter: int = 13) -> Pace:
    """One way of PACE, by the arcs after id-PACE; 2.2 with group 13 is what most passports do."""
    info = tlv.build(
        tlv.SEQUENCE,
        tlv.build(tlv.OBJECT_IDENTIFIER, tlv.oid_value(f"0.4.0.127.0.7.2.2.4.{name}")),
        tlv.build(tlv.INTEGER, b"\x02"),
        tlv.build(tlv.INTEGER, bytes((parameter,))),
    )
    (found,) = ways(lds.security_infos(tlv.build(tlv.SET, info)))
    return found


def list_of_states(folder: Path, *states: SpecimenState) -> str:
    """The port option for a folder with these states' keys."""
    for number, known in enumerate(states):
        (folder / f"{number}.cer").write_bytes(known.certificate)
    return f"?issuers={folder}"
