"""Five bits a person, three people to a word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.directory import STATES, DirectoryError
from gatepass.directory.states import UNREGISTERED, code_of, pack, patch, unpack, words_for
from gatepass.policy import Advice, Colour


def test_every_colour_with_every_advice_has_its_own_code():
    every = {(colour, advice) for colour in (None, *Colour) for advice in Advice}
    assert set(STATES) == every
    assert [code_of(state) for state in STATES] == list(range(32))
    assert code_of(None) == UNREGISTERED


def test_the_codes_of_the_file_format_never_move():
    assert STATES[0] == (None, Advice.NONE)
    assert STATES[8] == (Colour.GREEN, Advice.NONE)
    assert STATES[19] == (Colour.YELLOW, Advice.TEST)
    assert STATES[31] == (Colour.RED, Advice.RENEW_DOCUMENT)


@pytest.mark.parametrize("state", [("green", "none", "x"), "green", (Colour.GREEN, "hop"), [Colour.GREEN, Advice.NONE]])
def test_what_is_not_a_state_is_refused(state):
    with pytest.raises(DirectoryError, match="bad_state"):
        code_of(state)


@given(st.lists(st.integers(0, 31)))
def test_packed_codes_come_out_as_they_went_in(codes):
    words = pack(np.array(codes, np.uint8))
    assert len(words) == words_for(len(codes))
    assert unpack(words, np.arange(len(codes))).tolist() == codes


@given(st.lists(st.integers(0, 31), min_size=1), st.data())
def test_a_patch_changes_those_it_names_and_nobody_else(codes, draw):
    ranks = draw.draw(st.lists(st.integers(0, len(codes) - 1), unique=True))
    new = draw.draw(st.lists(st.integers(0, 31), min_size=len(ranks), max_size=len(ranks)))
    words = pack(np.array(codes, np.uint8))
    patch(words, np.array(ranks, np.int64), np.array(new, np.uint8))
    for rank, code in zip(ranks, new, strict=True):
        codes[rank] = code
    assert unpack(words, np.arange(len(codes))).tolist() == codes
