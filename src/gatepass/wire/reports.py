"""How somebody in quarantine is, measured at a gate: what the guard took down, and what the centre says to it.

    POST /gate/v1/reports   ReportBatch -> ReportReply      signed; again and again until the centre has answered

A report has an id of its own, so that one sent twice is one. One that the reply does not name is sent again later.
Neither side refuses fields that it does not know. A centre from before this call answers 404, and the gate keeps its
reports until there is a newer one.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from gatepass.wire.messages import Code, Sixteen

MOST_REPORTS: Final = 50
MOST_KEYS: Final = 4
MOST_NOTE: Final = 300
TAKEN: Final = "taken"
NOT_EXPECTED: Final = "report_not_expected"
"""Nobody under these keys is in quarantine."""


class GateReport(msgspec.Struct, frozen=True, omit_defaults=True):
    id: Sixteen
    at: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    """When it was measured; device time, ms since 1970 UTC."""
    people: Annotated[list[Sixteen], msgspec.Meta(min_length=1, max_length=MOST_KEYS)]
    """Person keys of one person, likeliest first (`wire.keys.person_keys`)."""
    tenths: Annotated[int, msgspec.Meta(ge=0, le=999)] | None = None
    """Of a degree Celsius."""
    symptoms: Annotated[list[Code], msgspec.Meta(max_length=20)] = []
    note: Annotated[str, msgspec.Meta(max_length=MOST_NOTE)] = ""
    confirmed: bool = False
    """The guard was asked again, and says that it is so."""

    def __repr__(self) -> str:
        return "GateReport()"


class ReportBatch(msgspec.Struct, frozen=True):
    reports: Annotated[list[GateReport], msgspec.Meta(max_length=MOST_REPORTS)]


class ReportReply(msgspec.Struct, frozen=True):
    answers: dict[str, Code] = {}
    """Id in hexadecimal -> `taken`, or the code of the refusal."""
