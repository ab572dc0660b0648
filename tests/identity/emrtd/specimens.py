"""States that do not exist, what they sign, and the tools to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from tests.identity import zones

from gatepass.identity.emrtd import ChipFiles, Issuers, document_of, issuers, tlv
from gatepass.readers.pcsc.specimens import Signer, SpecimenState, data_group_1, data_group_2, issue

TODAY = date(2026, 11, 24)
ZONE = zones.passport(expiry="320415").replace("\n", "")
GROUPS = {1: data_group_1(ZONE), 2: data_group_2()}


@cache
def utopia() -> SpecimenState:
    return SpecimenState("UT", first=date(2021, 1, 1))


def known(*states: SpecimenState, revocations: bytes = b"") -> Issuers:
    files = [(f"{at}", state.certificate) for at, state in enumerate(states)]
    found, problems = issuers.read([*files, *([("list", revocations)] if revocations else [])])
    assert not problems
    return found


def chip(signer: Signer | None = None, groups: dict[int, bytes] | None = None) -> ChipFiles:
    """What a reader would take from a passport of Utopia."""
    files = issue(groups or GROUPS, signer or utopia().signer())
    return ChipFiles(files[0x0101], files.get(0x0102), files[0x011D])


def judged(files: ChipFiles, known_states: Issuers, on: date = TODAY):
    """Assurance and doubt."""
    document = document_of(files, issuers=known_states, today=on)
    return document.assurance.value, document.doubt


def with_signed_data(sod: bytes, change: Callable[[list[tlv.Tlv]], list[bytes]]) -> bytes:
    """EF.SOD with the parts of its SignedData changed."""
    content_type, wrapped = tlv.first(tlv.first(sod).value).children
    parts = change(tlv.first(wrapped.value).children)
    signed = tlv.build(0xA0, tlv.build(tlv.SEQUENCE, *parts))
    return tlv.build(0x77, tlv.build(tlv.SEQUENCE, content_type.whole, signed))
