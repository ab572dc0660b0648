"""The simulated town: reproducible, believable, and nobody's."""

from __future__ import annotations

from collections import Counter

from gatepass.demo.town import REGION, people
from gatepass.identity import DocumentKind, chip, numbers


def test_the_same_seed_makes_the_same_town() -> None:
    assert people(300, seed=7) == people(300, seed=7)
    assert people(300, seed=7) != people(300, seed=8)


def test_the_town_has_as_many_residents_as_asked_for_and_every_number_once() -> None:
    town = people(3000)
    assert sum(person.registered for person in town) == 3000
    every_number = Counter(person.document.number for person in town)
    assert every_number.most_common(1)[0][1] == 1


def test_every_number_passes_its_check_and_lies_in_a_district_that_does_not_exist() -> None:
    for person in people(500):
        if person.document.kind is not DocumentKind.RESIDENT_CARD:
            continue
        assert person.document.number.startswith(REGION)
        typed = numbers.parse_citizen(person.document.number)
        assert typed.holder.birth == person.document.holder.birth
        assert typed.holder.sex == person.document.holder.sex


def test_every_colour_and_every_featured_story_is_there() -> None:
    town = people(3000)
    assert {str(person.colour) for person in town} == {"green", "yellow", "red", "None"}
    stories = {person.story for person in town} - {""}
    assert {"elder_green", "test_due", "red", "code_ended", "unknown", "card_expired", "unreadable"} <= stories


def test_every_card_of_the_tray_can_be_written_and_read_again() -> None:
    for person in people(200):
        assert chip.decode(chip.encode(person.document)).number == person.document.number
