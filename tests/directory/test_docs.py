"""docs/directory.md says what the code does: the worked example byte by byte, the codes one by one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from gatepass.directory import STATES, Delta, Directory, build, errors
from gatepass.policy import Advice, Colour

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "directory.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/gatepass/directory").glob("*.py"))

FIRST = bytes.fromhex("00112233445566778899aabbccddeeff")
SECOND = bytes.fromhex("7a000000010000000000000000000001")
PAIR = bytes.fromhex("a5a5a5a5a51111111111111111111111"), bytes.fromhex("a5a5a5a5a52222222222222222222222")
LAST = bytes.fromhex("ffeeddccbbaa99887766554433221100")
PEOPLE = {
    FIRST: (Colour.GREEN, Advice.NONE),
    SECOND: (Colour.YELLOW, Advice.TEST),
    PAIR[0]: (Colour.GREEN, Advice.NONE),
    PAIR[1]: (Colour.RED, Advice.APPEAL),
    LAST: (None, Advice.APPLY),
}
NEW = b"\xc0" * 16


def shown(name: str) -> bytes:
    """The bytes of an example: every line's offset must be where the line before it ended."""
    block = re.search(rf"<!-- example: {name} -->\n```\n(.*?)```", PAGE, re.DOTALL)
    assert block
    content = b""
    for line in block[1].splitlines():
        parts = re.match(r"([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+)(?:$|  )", line)
        assert parts, line
        assert int(parts[1], 16) == len(content), line
        content += bytes.fromhex(parts[2])
    return content


def test_the_example_base_is_what_the_builder_writes():
    assert shown("base") == build(PEOPLE, version=7, as_of=1_583_049_600_000)


def test_the_example_base_answers_as_the_page_says():
    directory = Directory.parse(shown("base"))
    assert {person: directory.look_up(person) for person in PEOPLE} == PEOPLE
    assert [directory.table.rank(person) for person in (FIRST, SECOND, LAST)] == [0, 1, 2]
    assert directory.table.exceptions == {PAIR[0]: 3, PAIR[1]: 4}
    for person, state in PEOPLE.items():
        assert f"| `{person.hex()}` |" in PAGE
        assert re.search(rf"{person.hex()}` \| [^|]+ \| {STATES.index(state)} \|", PAGE)


def test_the_example_delta_is_what_the_encoder_writes_and_does_what_the_page_says():
    directory = Directory.parse(shown("base"))
    delta = Delta(
        base_version=7,
        base_checksum=directory.checksum,
        base_people=5,
        from_version=7,
        to_version=8,
        as_of=1_583_053_200_000,
        people=5,
        ranks=np.array([1, 4]),
        codes=np.array([8, 0], np.uint8),
        overlay={FIRST: 255, NEW: 8},
    )
    assert shown("delta") == delta.encode()
    after = directory.with_delta(Delta.decode(shown("delta")))
    assert after.look_up(SECOND) == (Colour.GREEN, Advice.NONE)
    assert after.look_up(PAIR[1]) == (None, Advice.NONE)
    assert after.look_up(FIRST) is None
    assert after.look_up(NEW) == (Colour.GREEN, Advice.NONE)
    assert len(after) == 5


def test_every_error_code_is_explained_on_the_page_and_in_the_module():
    raised = {*re.findall(r'DirectoryError\(\s*"(\w+)"', SOURCES), *re.findall(r'return "(\w+)"\n', SOURCES)}
    assert {"forged", "torn", "gap", "no_key"} <= raised
    table = PAGE[PAGE.index("| code | meaning |") : PAGE.index("### Keys")]
    assert {*re.findall(r"`(\w+)`", table)} == raised
    named = {*re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", (errors.__doc__ or ""))}
    assert raised <= named


@pytest.mark.parametrize("word", ["3.379", "33,790,040", "2,121,728", "24,999,720", "6,666,668"])
def test_the_sizes_on_the_page_follow_from_the_format(word):
    from gatepass.directory.layout import Header

    header = Header(bucket_bits=20, exceptions=112, version=1, as_of=1, people=10_000_000)
    blocks, starts, high, low, _, states = header.section_bytes
    figures = [f"{blocks + starts:,}", f"{high + low:,}", f"{states:,}", f"{header.offsets[-1]:,}"]
    assert word in [*figures, f"{header.offsets[-1] / 10_000_000:.3f}"]
    assert word in PAGE
