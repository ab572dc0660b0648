"""docs/health-code.md against the code: the bytes, the reasons, the figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import radians, tan
from pathlib import Path

import pytest
import segno
from tests.credentials.town import MINUTE, PHONE_PUBLIC, TOWN, TRUST, public

from gatepass.centre.codes.papers import printing
from gatepass.credentials import REASON_CODES, base45, cose, health_code, judge, judging, make
from gatepass.policy.reasons import REASONS

PAGE = (Path(__file__).parents[2] / "docs" / "health-code.md").read_text("utf-8")
PERSON = bytes.fromhex("00112233445566778899aabbccddeeff")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def shown(name: str) -> str:
    match = re.search(rf"<!-- example: {name} -->\n```\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None, name
    return match[1]


def octets(name: str) -> bytes:
    """The columns of hexadecimal, at the places that are written beside them."""
    found = b""
    for line in shown(name).splitlines():
        place, digits = line[:4], line[6:53]
        assert int(place, 16) == len(found), line
        found += bytes.fromhex(digits)
    return found


def test_the_paper_on_the_page_is_what_the_town_makes() -> None:
    made = make.paper(
        TOWN,
        person=PERSON,
        serial=bytes.fromhex("5e61a1c0de000001"),
        issued=NOON,
        expires=datetime(2027, 5, 21, 16, 0, tzinfo=UTC),
    )
    assert shown("paper text") == f"{made}\n"
    assert octets("paper") == base45.decode(made.removeprefix("GP1:"))
    assert public(TOWN).hex().startswith("03a107bf")
    verdict = judge(made, trust=TRUST, at=NOON)
    assert verdict.reasons == ("code_valid",)


def test_the_dynamic_code_on_the_page_is_made_of_the_grant_on_the_page() -> None:
    granted = make.grant(
        TOWN,
        person=PERSON,
        phone=PHONE_PUBLIC,
        serial=bytes.fromhex("5e61a1c0de000002"),
        issued=NOON,
        expires=datetime(2026, 12, 7, 4, 0, tzinfo=UTC),
    )
    assert octets("grant") == granted
    text = shown("dynamic text").removesuffix("\n")
    sent = base45.decode(text.removeprefix("GP1:"))
    assert sent[:-66] == octets("proof") + granted
    verdict = judge(text, trust=TRUST, at=NOON + 6 * MINUTE)
    assert verdict.reasons == ("code_valid",)
    assert verdict.credential is not None
    assert verdict.credential.made == NOON + 5 * MINUTE
    assert f"{len(granted)} bytes of the grant" in PAGE
    assert len(text) == 415


def test_every_reason_is_in_the_table_with_its_outcome() -> None:
    rows = dict(re.findall(r"^\| `(code_[a-z_]+)` \| (pass|hold|refuse) \| ", PAGE, re.MULTILINE))
    assert rows == {code: REASONS[code].outcome.value for code in REASON_CODES}


def test_the_sizes_in_the_table_are_those_of_the_codes() -> None:
    paper, dynamic = shown("paper text").removesuffix("\n"), shown("dynamic text").removesuffix("\n")
    for text, error, row in ((paper, "q", "version 10, 57 modules, level Q"), (dynamic, "m", "version 12, 65 modules")):
        symbol = segno.make(text, error=error, boost_error=False)
        assert f"version {symbol.version}, {symbol.symbol_size(border=0)[0]} modules" in row
        assert row in PAGE
        assert f"{len(text)} characters" in PAGE


def test_the_limits_and_minutes_are_those_of_the_code() -> None:
    assert f"{health_code.MAX_CHARACTERS} characters" in PAGE
    assert f"({judging.MAX_CHARACTERS:,} for other formats)" in PAGE
    assert f"fresh for {health_code.FRESH // MINUTE} minutes" in PAGE
    assert f"allows {health_code.SKEW // MINUTE} more" in PAGE
    assert f"until {(health_code.FRESH + health_code.SKEW) // MINUTE} minutes after" in PAGE
    assert health_code.PICTURE_AFTER == 60 * MINUTE
    assert (cose.EDDSA, cose.ES256) == (-8, -7)


@pytest.mark.parametrize(
    ("row", "module_mm"),
    [("card, 85.6 × 54 mm", 49.4 / (printing.MODULES + 8)), ("A4", 104 / printing.MODULES), ("phone", 58 / (65 + 8))],
)
def test_what_a_camera_sees_is_reckoned_right(row: str, module_mm: float) -> None:
    def pixels(angle: float) -> float:
        return module_mm * 1920 / (2 * 300 * tan(radians(angle / 2)))

    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {row}"))
    assert line.endswith(f"| {module_mm:.2f} | {pixels(70):.1f} px | {pixels(90):.1f} px |")
    assert pixels(90) > 2
