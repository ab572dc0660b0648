"""Identifiers that many gates invent at once."""

from __future__ import annotations

import uuid

import pytest

from gatepass.wire.ids import milliseconds_of, uuid7


def test_an_identifier_is_a_uuid_of_version_7() -> None:
    made = uuid.UUID(bytes=uuid7(1_732_345_678_901))
    assert made.variant == uuid.RFC_4122
    assert made.bytes[6] >> 4 == 7


def test_an_identifier_tells_when_it_was_made() -> None:
    assert milliseconds_of(uuid7(1_732_345_678_901)) == 1_732_345_678_901


def test_identifiers_sort_by_time_and_never_repeat() -> None:
    same_moment = {uuid7(1_732_345_678_901) for _ in range(5000)}
    assert len(same_moment) == 5000
    assert max(same_moment) < uuid7(1_732_345_678_902)


def test_a_clock_out_of_range_still_gives_an_identifier() -> None:
    assert milliseconds_of(uuid7(-5)) == 0
    assert milliseconds_of(uuid7(2**60)) == 2**48 - 1


@pytest.mark.parametrize("wrong", [b"", bytes(16), b"\xff" * 16, uuid.UUID(int=4, version=4).bytes])
def test_other_bytes_are_no_identifier(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="version 7"):
        milliseconds_of(wrong)
