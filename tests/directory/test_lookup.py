"""A file that is torn, cut or made up is refused with a code; one that is believed never makes a look-up fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.directory.crowd import crowd, key

from gatepass.directory import STATES, Directory, DirectoryError, build
from gatepass.directory.layout import HEADER, HEADER_BYTES, MAGIC, checksum
from gatepass.directory.lookup import from_ms, to_ms

PEOPLE = crowd(900) | {key(5, number): STATES[number] for number in range(7)}
CONTENT = build(PEOPLE, version=12, as_of=1_767_000_000_000)


def resealed(content: bytes) -> bytes:
    """With a checksum that fits: what a broken writer, or somebody with a signing key, could produce."""
    head, body = content[: HEADER.size], content[HEADER_BYTES:]
    return head + checksum(head, body, person=b"gatepass base") + body


def refused_or_harmless(content: bytes) -> None:
    try:
        directory = Directory.parse(content)
    except DirectoryError:
        return
    for person in PEOPLE:
        directory.look_up(person)
    directory.look_up_many(b"".join(PEOPLE))


def test_a_file_is_mapped_and_answers(tmp_path):
    path = tmp_path / "12.base"
    path.write_bytes(CONTENT)
    directory = Directory.open(path)
    path.unlink()  # what is mapped stays readable
    assert directory.version == 12
    assert directory.as_of == datetime(2025, 12, 29, 9, 20, tzinfo=UTC)
    assert all(directory.look_up(person) == state for person, state in PEOPLE.items())


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 95, 127, 128, 129, 1000, len(CONTENT) - 8, len(CONTENT) - 1])
def test_a_cut_file_is_refused(tmp_path, length):
    path = tmp_path / "12.base"
    path.write_bytes(CONTENT[:length])
    with pytest.raises(DirectoryError, match="torn" if length == 0 or length >= 8 else "not_a_directory"):
        Directory.open(path)


def test_a_longer_file_is_refused():
    with pytest.raises(DirectoryError, match="torn"):
        Directory.parse(CONTENT + b"\0")


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place, change):
    changed = bytearray(CONTENT)
    changed[place] ^= change
    with pytest.raises(DirectoryError):
        Directory.parse(bytes(changed))


def test_another_kind_of_file_and_a_newer_format_are_named():
    with pytest.raises(DirectoryError, match="not_a_directory"):
        Directory.parse(b"PK\x03\x04" + bytes(200))
    with pytest.raises(DirectoryError, match="unsupported_format format=2"):
        Directory.parse(MAGIC + b"\2\0" + CONTENT[10:])


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(content):
    with pytest.raises(DirectoryError):
        Directory.parse(content)
    with pytest.raises(DirectoryError):
        Directory.parse(MAGIC + content)


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(8, len(CONTENT) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=300)
def test_broken_contents_under_a_right_checksum_are_refused_or_harmless(changes):
    changed = bytearray(CONTENT)
    for place, value in changes:
        changed[place] = value
    refused_or_harmless(resealed(bytes(changed)))


@given(st.integers(10, HEADER.size - 1), st.integers(0, 255))
@settings(max_examples=300)
def test_broken_headers_under_a_right_checksum_are_refused_or_harmless(place, value):
    changed = bytearray(CONTENT)
    changed[place] = value
    refused_or_harmless(resealed(bytes(changed)))


@given(st.integers(-(2**40), 2**46))
def test_moments_survive_as_milliseconds(ms):
    assert to_ms(from_ms(ms)) == ms


def test_a_moment_beyond_the_calendar_is_its_last_day():
    assert from_ms(2**62).year == 9999
