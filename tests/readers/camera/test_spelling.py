"""From what slots look like to what a zone says; no picture is needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity import zones
from tests.identity.zones import passport, permit

from gatepass.identity import DocumentError, mrz
from gatepass.readers.camera.spelling import ALPHABET, spell

PLACE = {character: n for n, character in enumerate(ALPHABET)}
SURE = 0.98


def seen(zone: str, **slips: dict[str, float]) -> list[np.ndarray]:
    """What a recogniser says of a zone that it reads well, but for `slips`: line_slot -> character -> probability."""
    rows = []
    for line, text in enumerate(zone.split("\n")):
        looks = np.full((len(text), len(ALPHABET)), (1 - SURE) / len(ALPHABET))
        looks[np.arange(len(text)), [PLACE[character] for character in text]] = SURE
        for slip, odds in slips.items():
            if slip.startswith(f"at{line}_"):
                slot = int(slip.partition("_")[2])
                looks[slot] = 1e-9
                for character, probability in odds.items():
                    looks[slot, PLACE[character]] = probability
        rows.append(np.log(looks))
    return rows


def text_of(rows: list[np.ndarray], shapes: list[np.ndarray] | None = None) -> str | None:
    spelling = spell(rows, shapes)
    return spelling and spelling.text


@pytest.mark.parametrize("zone", zones.ALL, ids=lambda zone: zone[:9])
def test_a_zone_that_is_read_well_is_spelled_as_it_is(zone):
    assert text_of(seen(zone)) == zone


def test_how_sure_it_is_of_what_nothing_checks_is_said():
    # A name with a letter that is I or J.
    certain = spell(seen(passport()))
    doubtful = spell(seen(passport(), at0_7={"I": 0.85, "J": 0.15}))
    assert certain.surety > 0.95
    assert 0.75 < doubtful.surety < 0.9
    assert spell(seen(passport(), at0_7={"I": 0.65, "J": 0.35})) is None


@pytest.mark.parametrize(
    ("slot", "looks_like"),
    [(4, "0"), (5, "8"), (11, "0"), (44 + 13, "T"), (44 + 14, "A"), (44 + 12, "0"), (44 + 19, "Z"), (44 + 43, "B")],
)
def test_a_field_that_holds_letters_or_figures_only_leaves_no_choice(slot, looks_like):
    zone = passport(names="OBOE<<OTTO")
    right = zone.replace("\n", "")[slot]
    slips = {f"at{slot // 44}_{slot % 44}": {looks_like: 0.9, right: 0.02}}
    assert text_of(seen(zone, **slips)) == zone


def test_a_check_digit_chooses_between_look_alikes():
    for character, other in ("I1", "1I", "S5", "5S", "B8", "8B", "Z2", "2Z", "D0"):
        zone = passport(number=f"L8{character}890XC3")
        assert text_of(seen(zone, at1_2={other: 0.6, character: 0.39})) == zone


def test_two_slots_that_may_both_be_wrong_are_found():
    zone = passport(number="L8I890ZC3")
    slips = {"at1_2": {"1": 0.6, "I": 0.4}, "at1_6": {"2": 0.7, "Z": 0.3}}
    assert text_of(seen(zone, **slips)) == zone


def test_look_alikes_that_no_check_digit_tells_apart_are_believed_only_when_they_are_clear():
    zone = passport(number="G1234567")
    assert text_of(seen(zone, at1_0={"G": 0.97, "6": 0.001})) == zone
    assert text_of(seen(zone, at1_0={"G": 0.7, "6": 0.3})) is None, "G and 6 are worth the same in every check digit"


def test_a_zone_that_no_small_change_explains_is_none():
    zone = passport()
    wrong = zone[:47] + ("7" if zone[47] != "7" else "3") + zone[48:]
    assert text_of(seen(wrong)) is None


def test_o_and_0_are_told_apart_by_the_shapes_of_the_same_zone():
    for number in ("LO0890XC3", "L00890XC3", "OO0890XC3", "L00O00OC3"):
        zone = passport(names="OBOE<<OTTO", number=number)
        rows = seen(zone)
        shapes = []
        for row, text in zip(rows, zone.split("\n"), strict=True):
            ring = np.isin(row.argmax(axis=1), (PLACE["O"], PLACE["0"]))
            row[ring] = np.log(1e-9)
            row[ring, PLACE["0"]] = np.log(0.99)
            row[ring, PLACE["O"]] = np.log(1e-4)
            shapes.append(np.array([{"O": -0.2, "0": -0.05}.get(character, np.nan) for character in text]))
        assert text_of(rows, shapes) == zone


def test_after_three_fillers_only_fillers_come():
    zone = passport(names="KIM<<MIN")
    slips = {f"at0_{slot}": {"C": 0.6, "<": 0.3} for slot in (20, 23, 24, 31)}
    assert text_of(seen(zone, **slips)) == zone
    assert text_of(seen(zone, at0_30={"E": 0.999})) is None, "a letter beyond doubt is not wished away"


def test_an_empty_field_may_have_either_check_character():
    zone = passport()
    assert zone[-2] in "0<"
    spelled = text_of(seen(zone, at1_42={"0": 0.5, "<": 0.5}))
    assert mrz.parse(spelled) == mrz.parse(zone)


def test_an_identity_card_whose_state_has_an_o_is_not_taken_for_a_chinese_permit():
    line = "C<COL1234567897<<<<<<<<<<<<<<<"
    second = "7408122F1204159COL<<<<<<<<<<<"
    second += zones.digit(line[5:] + second[:7] + second[8:15] + second[18:])
    zone = "\n".join([line, second, "GOMEZ<<ANA".ljust(30, "<")])
    assert text_of(seen(zone, at0_3={"0": 0.9, "O": 0.1}, at1_16={"0": 0.9, "O": 0.1})) == zone


@pytest.mark.parametrize("zone", [permit(), permit(code="CT", number="12345678", home="1234567890")])
def test_a_permits_century_is_a_letter(zone):
    assert text_of(seen(zone, at1_18={"8": 0.9, "B": 0.1})) == zone


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_rows_that_make_no_zone_are_none(count):
    rows = [np.log(np.full((20 + 3 * n, len(ALPHABET)), 1 / len(ALPHABET))) for n in range(count)]
    assert spell(rows) is None


def refusal(text: str) -> str:
    try:
        mrz.parse(text)
    except DocumentError as error:
        return error.code
    return ""


@given(
    st.sampled_from([(2, 44), (2, 36), (3, 30), (1, 30)]), st.integers(0, 2**32 - 1), st.sampled_from([0.3, 1, 4, 20])
)
@settings(max_examples=60)
def test_whatever_slots_look_like_a_zone_is_accepted_or_refused_in_words(shape, seed, certainty):
    chance = np.random.default_rng(seed)
    looks = chance.gumbel(size=(shape[0] * shape[1], len(ALPHABET))) * certainty
    looks[0, PLACE["P" if shape == (2, 44) else "I"]] += 40
    rows = list(looks.reshape(*shape, len(ALPHABET)))
    spelling = spell(rows, [chance.normal(size=shape[1]) for _ in range(shape[0])])
    if spelling is None:
        return
    assert 0 < spelling.surety <= 1
    assert refusal(spelling.text) not in {"mrz_check", "mrz_layout"}
