"""Everybody who is registered is found exactly; a stranger matches once in 65,536 at most; 3.5 bytes a person."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.directory.crowd import crowd, key

from gatepass.directory import STATES, UNREGISTERED, Directory, DirectoryError, build
from gatepass.directory.build import build_with_order
from gatepass.directory.layout import PEOPLE_LIMIT, REMAINDER_BITS, Header, bucket_bits_for


def opened(people, version=1, as_of=5):
    return Directory.parse(build(people, version=version, as_of=as_of))


def test_everybody_is_found_with_their_own_state():
    people = crowd(20_000)
    directory = opened(people)
    assert len(directory) == 20_000
    assert all(directory.look_up(person) == state for person, state in people.items())


def test_many_at_once_are_answered_as_one_by_one():
    people = crowd(5_000)
    asked = [*people, *crowd(5_000, seed=2)]
    random.Random(3).shuffle(asked)
    directory = opened(people)
    codes = directory.look_up_many(b"".join(asked))
    assert codes.dtype == np.uint8
    for person, code in zip(asked, codes.tolist(), strict=True):
        assert directory.look_up(person) == (None if code == UNREGISTERED else STATES[code])


# Only 8 values for the 40 bits that a table can hold: nearly everybody collides with somebody.
_alike = st.builds(
    key, st.sampled_from([0, 1, 2**19, 2**20, 2**39, 2**39 + 16, 2**40 - 2, 2**40 - 1]), st.integers(0, 3)
)


@given(st.dictionaries(_alike | st.binary(min_size=16, max_size=16), st.sampled_from(STATES)), st.lists(_alike))
def test_colliding_people_each_keep_their_own_state(people, strangers):
    directory = opened(people)
    assert {person: directory.look_up(person) for person in people} == people
    asked = [*people, *strangers]
    assert [STATES[c] if c != UNREGISTERED else None for c in directory.look_up_many(b"".join(asked)).tolist()] == [
        directory.look_up(person) for person in asked
    ]


def test_a_colliding_pair_is_kept_by_whole_key_and_a_third_of_their_kind_is_a_stranger():
    pair = {key(77, 1): STATES[9], key(77, 2): STATES[24]}
    directory = opened(crowd(1000) | pair)
    assert directory.base.exceptions == 2
    assert directory.look_up(key(77, 1)) == STATES[9]
    assert directory.look_up(key(77, 2)) == STATES[24]
    assert directory.look_up(key(77, 3)) is None


def test_keys_that_all_begin_alike_are_still_exact():
    people = {bytes(8) + number.to_bytes(8, "big"): STATES[number % 32] for number in range(3000)}
    directory = opened(people)
    assert directory.base.exceptions == 3000
    assert all(directory.look_up(person) == state for person, state in people.items())


def test_a_crowded_bucket_spills_into_the_exceptions():
    # One bucket of many: all these share their first bits and differ in the 20 that follow.
    people = crowd(1000) | {key(number << 10): STATES[number % 32] for number in range(700)}
    directory = opened(people)
    assert directory.base.exceptions > 0
    assert all(directory.look_up(person) == state for person, state in people.items())
    assert np.array_equal(directory.look_up_many(b"".join(people)), [STATES.index(state) for state in people.values()])


@pytest.mark.parametrize("number", [0, 1, 2, 3, 31, 32, 33, 4095, 4096, 4097])
def test_a_directory_of_any_size_works(number):
    people = crowd(number)
    directory = opened(people)
    assert len(directory) == number
    assert all(directory.look_up(person) == state for person, state in people.items())
    assert directory.look_up(bytes(16)) is None
    assert directory.look_up_many(bytes(32)).tolist() == [UNREGISTERED] * 2
    assert directory.look_up_many(b"").tolist() == []


def test_the_same_people_give_the_same_bytes_in_any_order():
    people = list(crowd(3000).items())
    first = build(people, version=3, as_of=4)
    random.Random(5).shuffle(people)
    assert build(people, version=3, as_of=4) == first


def test_arrays_and_mappings_are_the_same_people():
    people = crowd(500)
    keys = np.frombuffer(b"".join(people), np.uint8).reshape(-1, 16)
    codes = np.array([STATES.index(state) for state in people.values()], np.uint8)
    assert build((keys, codes), version=1, as_of=1) == build(people, version=1, as_of=1)


def test_the_order_names_the_rank_of_everybody():
    people = crowd(400) | {key(7, 1): STATES[1], key(7, 2): STATES[2]}
    keys = np.frombuffer(b"".join(people), np.uint8).reshape(-1, 16)
    built = build_with_order(keys, np.zeros(len(keys), np.uint8), version=1, as_of=1)
    table = Directory.parse(built.content).table
    for rank, row in enumerate(built.order.tolist()):
        person = keys[row].tobytes()
        assert table.exceptions.get(person, table.rank(person)) == rank


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([(bytes(16), STATES[0]), (bytes(16), STATES[1])], "duplicate_key"),
        ([(bytes(15), STATES[0])], "key_length"),
        ([(bytes(16), None)], "bad_state"),
        ([(bytes(16), "green")], "bad_state"),
        ((np.zeros((1, 15), np.uint8), np.zeros(1, np.uint8)), "key_length"),
        ((np.zeros((1, 16), np.uint8), np.zeros(2, np.uint8)), "bad_state"),
        ((np.zeros((1, 16), np.uint8), np.full(1, 32, np.uint8)), "bad_state"),
    ],
)
def test_what_cannot_be_a_directory_is_refused(people, code):
    with pytest.raises(DirectoryError, match=code):
        build(people, version=1, as_of=1)


@pytest.mark.parametrize("wrong", [b"", bytes(15), bytes(17)])
def test_a_key_of_another_length_is_refused(wrong):
    with pytest.raises(DirectoryError, match="key_length"):
        opened(crowd(10)).look_up(wrong)


@given(st.integers(1, PEOPLE_LIMIT))
@settings(max_examples=500)
def test_a_stranger_matches_with_at_most_one_in_65536_whatever_the_size(number):
    """At most `number` of the 2^(b + 20) equally likely (bucket, remainder) pairs are taken."""
    assert number * 2**16 <= 2 ** (bucket_bits_for(number) + REMAINDER_BITS)


@given(st.integers(5_000, PEOPLE_LIMIT))
@settings(max_examples=500)
def test_a_person_takes_at_most_three_and_a_half_bytes(number):
    """Header, key table, colours and advice; the exceptions add 16 bytes for one person in 65,536 at most."""
    assert Header(bucket_bits_for(number), 0, 1, 1, number).offsets[-1] <= 3.5 * number


def test_measured_size_and_false_accepts():
    chance = np.random.default_rng(7)
    number, strangers = 200_000, 2_000_000
    keys = chance.integers(0, 256, (number, 16), np.uint8)
    content = build((keys, np.full(number, 8, np.uint8)), version=1, as_of=1)
    assert len(content) <= 3.5 * number
    found = Directory.parse(content).look_up_many(chance.integers(0, 256, (strangers, 16), np.uint8))
    accepted = int(np.count_nonzero(found != UNREGISTERED))
    # Expected 200,000 / 2^34 = 2^-16.4 of them: 23 ± 5. Within five standard deviations, and below 2^-16.
    assert 0 < accepted <= strangers * 2**-16 + 5 * (strangers * 2**-16) ** 0.5
