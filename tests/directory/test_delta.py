"""A delta says what is, by rank; small, mergeable, repeatable, and refused when broken."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.directory.crowd import crowd, key

from gatepass.directory import STATES, Delta, Directory, DirectoryError, build, merge
from gatepass.directory.delta import HEADER, HEADER_BYTES, MAGIC
from gatepass.directory.layout import checksum

PEOPLE = crowd(300) | {key(5, number): STATES[number] for number in range(3)}
BASE = Directory.parse(build(PEOPLE, version=10, as_of=1000))


def delta(first=10, last=11, changes=None, overlay=None, people=303, **other):
    changes = changes or {}
    fields = {
        "base_version": 10,
        "base_checksum": BASE.checksum,
        "base_people": 303,
        "from_version": first,
        "to_version": last,
        "as_of": 1000 + last,
        "people": people,
        "ranks": np.array(sorted(changes), np.int64),
        "codes": np.array([changes[rank] for rank in sorted(changes)], np.uint8),
        "overlay": overlay or {},
    }
    return Delta(**(fields | other))


def plain(what: Delta) -> dict:
    fields = {field.name: getattr(what, field.name) for field in dataclasses.fields(what)}
    return fields | {"ranks": what.ranks.tolist(), "codes": what.codes.tolist()}


_changes = st.dictionaries(st.integers(0, 302), st.integers(0, 31))
_overlay = st.dictionaries(
    st.sampled_from([*PEOPLE][:5]) | st.binary(min_size=16, max_size=16), st.integers(0, 31) | st.just(255), max_size=9
)


@given(_changes, _overlay)
def test_what_is_encoded_is_decoded(changes, overlay):
    before = delta(changes=changes, overlay=overlay)
    content = before.encode()
    assert plain(Delta.decode(content)) == plain(before)
    assert Delta.decode(content).encode() == content


@pytest.mark.slow
@given(st.lists(st.tuples(_changes, _overlay), min_size=1, max_size=5), st.data())
def test_merged_deltas_do_what_they_do_one_after_the_other(steps, draw):
    deltas = [delta(10 + n, 11 + n, changes, overlay, people=n) for n, (changes, overlay) in enumerate(steps)]
    one_by_one = [BASE]
    for step in deltas:
        one_by_one.append(one_by_one[-1].with_delta(step))
    whole = Delta.decode(merge(deltas).encode())
    # On the base, or on any version in between: the result is the same.
    start = draw.draw(st.sampled_from(one_by_one))
    after, expected = start.with_delta(whole), one_by_one[-1]
    asked = b"".join([*PEOPLE, *expected.overlay])
    assert after.version == expected.version
    assert len(after) == len(expected)
    assert np.array_equal(after.look_up_many(asked), expected.look_up_many(asked))
    for person in [*PEOPLE, *expected.overlay]:
        assert after.look_up(person) == expected.look_up(person)


def test_a_delta_leaves_the_directory_that_it_is_applied_to_alone():
    before = BASE.look_up_many(b"".join(PEOPLE)).tolist()
    BASE.with_delta(delta(changes=dict.fromkeys(range(303), 7), overlay={next(iter(PEOPLE)): 255}))
    assert BASE.look_up_many(b"".join(PEOPLE)).tolist() == before


def test_people_with_colliding_keys_are_changed_by_rank_like_everybody():
    ranks = BASE.table.exceptions
    after = BASE.with_delta(delta(changes={ranks[key(5, 1)]: 30}))
    assert after.look_up(key(5, 0)) == STATES[0]
    assert after.look_up(key(5, 1)) == STATES[30]


def test_a_delta_for_another_base_is_refused():
    with pytest.raises(DirectoryError, match="wrong_base"):
        BASE.with_delta(delta(base_checksum=bytes(32)))
    with pytest.raises(DirectoryError, match="wrong_base"):
        merge([delta(), delta(11, 12, base_checksum=bytes(32))])


def test_a_delta_that_begins_later_is_refused_and_an_old_one_changes_nothing():
    with pytest.raises(DirectoryError, match="gap reached=10 begins=11"):
        BASE.with_delta(delta(11, 12))
    with pytest.raises(DirectoryError, match="gap"):
        merge([delta(), delta(12, 13)])
    later = BASE.with_delta(delta(10, 14))
    assert later.with_delta(delta(12, 14)) is later


@pytest.mark.parametrize(("changed", "limit"), [(69, 400), (4_167, 12_000), (100_000, 180_000)])
def test_minute_hour_and_day_of_ten_million_people_stay_small(changed, limit):
    chance = np.random.default_rng(changed)
    ranks = np.sort(chance.choice(10_000_000, changed, replace=False))
    codes = chance.integers(0, 32, changed).astype(np.uint8)
    what = delta(base_people=10_000_000, people=10_000_000, ranks=ranks, codes=codes)
    content = what.encode()
    assert len(content) <= limit
    assert what.size == pytest.approx(len(content), rel=0.05)
    assert np.array_equal(Delta.decode(content).ranks, ranks)


CONTENT = delta(changes={0: 1, 7: 31, 100: 8, 101: 9, 302: 0}, overlay={b"a" * 16: 255, b"b" * 16: 3}).encode()


def resealed(content: bytes) -> bytes:
    head, body = content[: HEADER.size], content[HEADER_BYTES:]
    return head + checksum(head, body, person=b"gatepass delta") + body


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(content):
    with pytest.raises(DirectoryError):
        Delta.decode(content)
    with pytest.raises(DirectoryError):
        Delta.decode(MAGIC + content)


@given(st.integers(0, len(CONTENT) - 1))
def test_a_cut_delta_is_refused(length):
    with pytest.raises(DirectoryError):
        Delta.decode(CONTENT[:length])


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place, change):
    changed = bytearray(CONTENT)
    changed[place] ^= change
    with pytest.raises(DirectoryError):
        Delta.decode(bytes(changed))


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(8, len(CONTENT) - 1), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=500)
def test_broken_contents_under_a_right_checksum_are_refused_or_harmless(changes):
    changed = bytearray(CONTENT)
    for place, value in changes:
        changed[place] = value
    try:
        after = BASE.with_delta(Delta.decode(resealed(bytes(changed))))
    except DirectoryError:
        return
    after.look_up_many(b"".join(PEOPLE))
    assert all(after.look_up(person) is None or after.look_up(person) in STATES for person in PEOPLE)


@pytest.mark.parametrize(
    ("offset", "form", "value"),
    [(12, "I", 2**32 - 1), (56, "I", 2**32 - 1), (60, "I", 2**32 - 1), (10, "B", 255), (32, "Q", 2**64 - 1)],
)
def test_a_header_that_promises_gigabytes_costs_nothing(offset, form, value):
    size = {"B": 1, "I": 4, "Q": 8}[form]
    changed = bytearray(CONTENT)
    changed[offset : offset + size] = value.to_bytes(size, "little")
    with pytest.raises(DirectoryError, match="malformed"):
        Delta.decode(resealed(bytes(changed)))


def test_unordered_overlays_and_unknown_codes_are_refused():
    head = len(CONTENT) - 34
    swapped = CONTENT[:head] + b"b" * 16 + b"a" * 16 + CONTENT[-2:]
    unknown = CONTENT[:-1] + b"\x20"
    for content in (swapped, unknown):
        with pytest.raises(DirectoryError, match="malformed part=overlay"):
            Delta.decode(resealed(content))
