"""What people carry beside chip cards: each is what a reader of the gate makes of it, and belongs to somebody."""

from __future__ import annotations

import json

import pytest

from gatepass.demo import zones
from gatepass.demo.answers import HELD_WAIT_S, Answers
from gatepass.demo.carried import HOLDERS, THINGS, Carried, Group, Way, group_of_card
from gatepass.demo.town import people
from gatepass.demo.tray_server import PAGES, gate_words
from gatepass.identity import DocumentError, DocumentKind, mrz, numbers
from gatepass.languages import LANGUAGES
from gatepass.policy import reasons

WORDS = json.loads((PAGES / "words.json").read_text("utf-8"))


def test_the_tray_has_every_kind_of_document() -> None:
    cards = {person.document.kind.value for person in people(100) if person.story}
    assert cards | {thing.kind for thing in THINGS} == {kind.value for kind in DocumentKind} - {"other"} | {"code"}
    both = [person.document.number for person in people(100) if person.document.kind is DocumentKind.FOREIGNER_PR]
    assert sorted(map(len, both)) == [15, 18], "permanent residents have the card of 2017 or that of 2023"


@pytest.mark.parametrize("thing", [thing for thing in THINGS if thing.way is Way.PAGE], ids=lambda thing: thing.key)
def test_every_page_reads_as_what_it_is_or_is_worn(thing: Carried) -> None:
    if thing.key == "passport_worn":
        with pytest.raises(DocumentError, match="mrz_check"):
            mrz.parse(thing.text)
        return
    assert mrz.parse(thing.text).kind.value == thing.kind


@pytest.mark.parametrize("thing", [thing for thing in THINGS if thing.way is Way.TYPED], ids=lambda thing: thing.key)
def test_every_typed_number_is_one_that_can_exist_and_somebodys(thing: Carried) -> None:
    document = numbers.parse(thing.text, DocumentKind(thing.kind), issuer=thing.issuer)
    held = [person.document for person in (*HOLDERS, *people(100)) if person.registered]
    assert (document.kind.family, document.number) in {(each.kind.family, each.number) for each in held}


def test_nobody_without_a_card_has_the_number_of_a_resident_with_one() -> None:
    town = {person.document.number for person in people(3000)}
    assert not town & {holder.document.number for holder in HOLDERS}


def test_every_thing_has_its_sentence_its_group_and_its_way_in_five_languages() -> None:
    wanted = {f"carried_{thing.key}" for thing in THINGS} | {f"group_{group}" for group in Group}
    wanted |= {f"way_{way}" for way in Way} | {"kind_code"}
    assert wanted <= set(WORDS)
    assert {group_of_card(person.document) for person in people(100)} == {
        Group.CHINESE,
        Group.FOREIGNER,
        Group.NEIGHBOUR,
    }


def test_the_tray_knows_every_sentence_of_the_gate_in_five_languages() -> None:
    words = gate_words()
    assert set(words["reasons"]) == set(reasons.REASONS)
    for reason in words["reasons"].values():
        assert all(reason[language]["sentence"] for language in LANGUAGES)
    assert all(thing.expected[1] in words["reasons"] for thing in THINGS)


def test_a_written_page_has_right_check_digits_whatever_the_name() -> None:
    zone = zones.passport("X1", "KOR", "KIM<<MINJUN", "800101", "M", "330101")
    document = mrz.parse(zone)
    assert (document.number, document.holder.latin_name) == ("X1", "KIM, MINJUN")
    assert [len(line) for line in zone.split("\n")] == [44, 44]


def told(number: int, outcome: str = "pass", reason: str = "green") -> dict[str, object]:
    return {"id": f"p{number}", "outcome": outcome, "reasons": [reason], "document": "passport", "method": "printed"}


def test_an_answer_belongs_to_what_was_presented_before_it() -> None:
    answers = Answers("http://127.0.0.1:1")
    answers.hear([told(1)])
    answers.expect("passport")
    answers.hear([told(2, "hold", "unknown"), told(1)])
    assert [(each.key, each.outcome, each.reason, each.again) for each in answers.look()] == [
        ("passport", "hold", "unknown", False)
    ]
    answers.hear([told(3)])
    assert len(answers.look()) == 1, "what a real person at the gate does is not the tray's"


def test_the_same_visit_again_is_said_to_be_the_same_passage_and_silence_is_said_too() -> None:
    answers = Answers("http://127.0.0.1:1")
    answers.hear([told(1)])
    answers.expect("passport")
    answers.hear([told(1)])
    answers.expect("paper")
    answers.expect("phone")
    assert [(each.key, each.outcome, each.again) for each in answers.look()] == [
        ("paper", "", False),
        ("passport", "pass", True),
    ]


def test_what_is_held_before_a_camera_is_waited_for_longer() -> None:
    answers = Answers("http://127.0.0.1:1")
    answers.expect("paper", within=0.0)
    assert [(each.key, each.outcome) for each in answers.look()] == [("paper", "")]
    answers.expect("passport_held", within=HELD_WAIT_S)
    assert [each.key for each in answers.look()] == ["paper"], "not given up yet"
    answers.hear([told(1)])
    assert next((each.key, each.outcome) for each in answers.look()) == ("passport_held", "pass")
