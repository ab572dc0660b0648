"""What one person presents within seconds is one visit; what two people present is two, in whatever order it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import LI, SUN, WANG
from tests.gate.paper import NOT_UNDERSTOOD, Gate, PaperDirectory, code_of
from tests.gate.town import SEALING_PRIVATE, enrolled, key_of
from tests.waiting import until

from gatepass.gate.counts import Counts
from gatepass.gate.device import GateFolder
from gatepass.gate.visits import Known
from gatepass.identity import Assurance, Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity
from gatepass.identity.numbers import parse
from gatepass.policy import Advice, Colour, Method, Outcome, SiteRules
from gatepass.wire.messages import Record
from gatepass.wire.sealing import open_sealed

GREEN, RED = (Colour.GREEN, Advice.NONE), (Colour.RED, Advice.NONE)

MINJI = Holder(
    native_name="김민지", latin_name="KIM MINJI", birth=PartialDate(1990, 1, 1), sex=Sex.FEMALE, nationality="KOR"
)
PASSPORT = Document(DocumentKind.PASSPORT, "KOR", "M12345678", MINJI)
PERMANENT = Document(DocumentKind.FOREIGNER_PR, "CHN", "KOR310090010105", replace(MINJI, native_name="金敏智"))
TWIN = replace(PERMANENT, number="KOR310090010204", holder=replace(MINJI, native_name="", latin_name="KIM MINJAE"))

Story = Callable[[Gate], Awaitable[Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> GateFolder:
    return enrolled(tmp_path_factory.mktemp("gate"))


@pytest.fixture
def at_gate(folder: GateFolder) -> Callable[..., Any]:
    def play(story: Story, **facts: Any) -> Any:
        async def telling() -> Any:
            return await story(Gate(None, folder=folder, **facts))

        return asyncio.run(telling())

    return play


def printed(document: Document) -> Document:
    return replace(document, assurance=Assurance.PRINTED)


def verified(document: Document) -> Document:
    return replace(document, assurance=Assurance.VERIFIED)


# --- one person


def test_a_card_and_its_code_are_one_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        laid = await gate.lay(WANG.document)
        gate.clock.pass_time(2)
        shown = await gate.show(code_of(key_of(WANG.document)))
        assert shown.id == laid.id
        assert gate.screens.words == ["show", "repeat"]
        assert [record.method for record in gate.journal.records] == [Method.CARD]
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_a_code_and_then_the_card_are_one_passage_and_the_name_is_known(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        shown = await gate.show(code_of(key_of(WANG.document)))
        assert (shown.decision.outcome, shown.greeting, shown.record.document) == ("pass", "", "")
        assert shown.record.person == key_of(WANG.document)
        laid = await gate.lay(WANG.document)
        assert laid.id == shown.id
        assert laid.greeting.startswith("王")
        assert len(gate.recollection.recent()) == 1
        assert gate.recollection.recent()[0].holder.name

    at_gate(story)


def test_a_code_beside_an_expired_card_lets_its_owner_in_after_all(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        over = replace(WANG.document, validity=Validity(last=date(2020, 1, 1)))
        held = await gate.lay(over)
        assert held.decision.reasons[0] == "document_expired"
        passed = await gate.show(code_of(key_of(WANG.document)))
        assert passed.decision.reasons == ("green", "code_valid", "document_expired")
        first, second = gate.journal.records
        assert (second.about, second.person) == (first.id, first.person)
        assert gate.screens.words == ["show", "show"]
        assert gate.recollection.waiting() == []
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_a_printed_page_and_then_its_chip_are_one_passage_with_the_better_proof(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people[key_of(PASSPORT)] = GREEN
        page = await gate.lay(printed(PASSPORT))
        assert page.decision.reasons == ("green", "unproven_allowed")
        gate.clock.pass_time(3)
        chip = await gate.lay(verified(PASSPORT))
        assert chip.decision.reasons == ("green",)
        assert [record.method for record in gate.journal.records] == [Method.PRINTED, Method.CARD]
        assert gate.journal.records[1].about == gate.journal.records[0].id
        assert gate.screens.words == ["show", "repeat"], "the person sees and hears nothing new"
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_the_page_after_its_chip_takes_nothing_back(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people[key_of(PASSPORT)] = GREEN
        await gate.lay(verified(PASSPORT))
        page = await gate.lay(printed(PASSPORT))
        assert page.decision.reasons == ("green",)
        assert len(gate.journal.records) == 1

    at_gate(story)


def test_a_passport_that_nobody_knows_and_the_permit_that_is_registered(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people[key_of(PERMANENT)] = GREEN
        held = await gate.lay(PASSPORT)
        assert held.decision.reasons == ("unknown",)
        gate.clock.pass_time(3.5)
        passed = await gate.lay(PERMANENT)
        assert passed.decision.reasons == ("green",)
        first, second = gate.journal.records
        assert (first.person, second.person) == (key_of(PASSPORT), key_of(PERMANENT))
        assert second.about == first.id
        assert second.document == "foreigner_pr"
        assert second.sealed is None
        assert open_sealed(SEALING_PRIVATE, first.sealed).number == PASSPORT.number
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_of_two_registrations_of_one_person_the_graver_colour_counts(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people |= {key_of(PASSPORT): GREEN, key_of(PERMANENT): RED}
        assert (await gate.lay(PASSPORT)).decision.outcome is Outcome.PASS
        assert gate.counts.tally().entered == 1
        refused = await gate.lay(PERMANENT)
        assert refused.decision.reasons == ("red",)
        assert gate.counts.tally().entered == 0
        assert (await gate.lay(PASSPORT)).decision.outcome is Outcome.REFUSE, "laying the other one helps nobody"
        assert len(gate.journal.records) == 2

    at_gate(story)


def test_who_is_registered_under_the_number_of_an_earlier_card_is_found(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        now = Document(
            DocumentKind.FOREIGNER_PR, "CHN", "931586198001010028", former_number="PAK310080010103",
            holder=Holder(latin_name="KHAN AYESHA", nationality="PAK"),
        )  # fmt: skip
        former = parse("PAK310080010103")
        gate.directory.people[key_of(former)] = GREEN
        passage = await gate.lay(now)
        assert (passage.decision.reasons, passage.record.person) == (("green",), key_of(former))
        assert gate.centre.asked == []

    at_gate(story)


def test_who_is_known_under_none_of_their_numbers_goes_by_the_cards_own(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        now = Document(DocumentKind.HMT_RESIDENCE, "CHN", "810000199408230021", permit_number="H12345678")
        passage = await gate.lay(now)
        assert passage.record.person == key_of(now)
        assert gate.centre.asked == [key_of(now), key_of(parse("H12345678"))], "in one question"

    at_gate(story)


def test_the_centre_may_know_the_other_number(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        now = Document(DocumentKind.HMT_RESIDENCE, "CHN", "810000199408230021", permit_number="H12345678")
        permit = key_of(parse("H12345678"))
        knows = PaperDirectory(gate.clock, {permit: GREEN})

        async def status_of(people: Sequence[bytes]) -> list[Known]:
            return [Known(knows.status(person), 9) for person in people]

        gate.centre.status_of = status_of  # type: ignore[method-assign]
        passage = await gate.lay(now)
        assert (passage.decision.reasons, passage.record.person, passage.record.knowledge) == (("green",), permit, 9)

    at_gate(story)


def test_parts_that_come_too_late_are_another_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        first = await gate.lay(WANG.document)
        gate.clock.pass_time(4.1)
        second = await gate.show(code_of(key_of(WANG.document)))
        assert second.id != first.id
        assert [record.about for record in gate.journal.records] == [None, None]

    at_gate(story)


def test_each_new_part_keeps_the_visit_open_and_the_same_one_again_does_not(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        first = await gate.lay(WANG.document)
        gate.clock.pass_time(3)
        assert (await gate.show(code_of(key_of(WANG.document)))).id == first.id
        gate.clock.pass_time(3)
        assert (await gate.lay(WANG.document)).id == first.id, "three seconds after the code"
        gate.clock.pass_time(3)
        assert (await gate.lay(WANG.document)).id != first.id

    at_gate(story)


def test_the_guards_word_is_the_last_of_a_visit(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        held = await gate.lay(LI.document)
        await gate.session.settle(held.id, "refuse", "sent_to_office")
        gate.directory.people[key_of(LI.document)] = GREEN
        again = await gate.lay(LI.document)
        assert (again.id, again.resolution, again.decision.outcome) == (held.id, "refused", "hold")
        assert len(gate.journal.records) == 2
        assert gate.counts.tally().entered == 0

    at_gate(story)


def test_the_guard_speaks_about_the_visit_after_a_second_answer_too(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people[key_of(PERMANENT)] = (Colour.YELLOW, Advice.NONE)
        first = await gate.lay(PASSPORT)
        second = await gate.lay(PERMANENT)
        assert [passage.id for passage in gate.recollection.waiting()] == [first.id]
        assert second.decision.reasons == ("yellow",)
        await gate.session.settle(first.id, "admit", "known_to_guard")
        assert [record.about for record in gate.journal.records] == [None, first.record.id, first.record.id]
        assert gate.recollection.waiting() == []
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_a_word_of_the_guard_while_a_further_answer_is_written_stands(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people[key_of(PERMANENT)] = (Colour.YELLOW, Advice.NONE)
        held = await gate.lay(PASSPORT)
        keep = gate.journal.append

        async def slowly(entry: Record) -> Record | None:
            stored = await keep(entry)
            if len(gate.journal.records) == 2:
                await gate.session.settle(held.id, "admit", "known_to_guard")
            return stored

        gate.journal.append = slowly  # type: ignore[method-assign]
        await gate.lay(PERMANENT)
        assert gate.recollection.waiting() == []
        assert [passage.resolution for passage in gate.recollection.recent()] == ["admitted"]

    at_gate(story)


def test_a_touched_language_stays_for_the_further_answer(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(PASSPORT)
        gate.session.choose_language("en")
        gate.directory.people[key_of(PERMANENT)] = GREEN
        assert (await gate.lay(PERMANENT)).language == "en"

    at_gate(story)


def test_nothing_of_a_visit_is_kept_when_it_is_over(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.session._gather_s = gate.session._repeat_s = 0.02
        await gate.lay(WANG.document)
        assert gate.session._visits
        await until(lambda: gate.session._visits == [])

    at_gate(story)


# --- codes that prove nothing


def test_a_code_that_is_not_understood_is_held_once_and_names_nobody(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        first = await gate.show(NOT_UNDERSTOOD, "https://example.org/somewhere")
        again = await gate.show(NOT_UNDERSTOOD, "https://example.org/somewhere")
        other = await gate.show(NOT_UNDERSTOOD, "HELLO")
        assert (first.decision.reasons, first.record.person) == (("code_not_understood",), None)
        assert again.id == first.id
        assert other.id != first.id
        laid = await gate.lay(WANG.document)
        assert laid.record.about is None, "who showed it is not known"

    at_gate(story)


def test_an_objection_to_a_code_names_nobody_until_the_card_does(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        over = code_of(key_of(WANG.document), Outcome.HOLD, "code_paper_expired")
        held = await gate.show(over)
        assert (held.decision.reasons, held.record.person) == (("code_paper_expired",), None)
        laid = await gate.lay(WANG.document)
        assert laid.decision.reasons == ("green", "code_paper_expired")
        assert (laid.record.about, laid.record.person) == (held.record.id, key_of(WANG.document))

    at_gate(story)


def test_what_a_reader_could_not_read_belongs_to_nobody(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(WANG.document)
        fault = await gate.lay(DocumentError("card_removed_early"))
        assert (fault.record.about, fault.record.person) == (None, None)
        assert (await gate.show(code_of(key_of(WANG.document)))).record.person == key_of(WANG.document)
        assert len(gate.journal.records) == 2

    at_gate(story)


def test_a_phones_proof_is_good_for_one_visit(at_gate: Any) -> None:
    """A camera sees one code many times in a second; a friend who got it by message shows it a minute later."""

    async def story(gate: Gate) -> None:
        proof = code_of(key_of(WANG.document), proof=b"p" * 16)
        for _ in range(3):
            assert (await gate.show(proof)).decision.reasons == ("green", "code_valid")
            gate.clock.pass_time(0.2)
        gate.clock.pass_time(60)
        copied = await gate.show(proof)
        assert (copied.decision.reasons, copied.record.person) == (("code_shown_before",), None)
        assert (await gate.show(proof)).id == copied.id
        fresh = await gate.show(code_of(key_of(WANG.document), proof=b"q" * 16), "GP1:NEW")
        assert fresh.decision.outcome is Outcome.PASS
        assert gate.counts.tally().entered == 2

    at_gate(story)


def test_a_paper_is_shown_every_day(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        for _ in range(3):
            assert (await gate.show(code_of(key_of(WANG.document)))).decision.outcome is Outcome.PASS
            gate.clock.pass_time(60)
        assert gate.counts.tally().entered == 3

    at_gate(story)


def test_a_proof_is_remembered_no_longer_than_it_is_good(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        for n in range(5):
            await gate.show(code_of(key_of(WANG.document), proof=bytes([n]) * 16), f"GP1:{n}")
            gate.clock.pass_time(400)
        assert len(gate.session._proofs) == 2

    at_gate(story)


# --- chips that want to see their page


def test_a_chip_that_asked_for_its_page_needs_no_guard_once_it_was_read(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        gate.directory.people[key_of(PASSPORT)] = GREEN
        asked = await gate.lay(DocumentError("mrz_needed"), source="pcsc:")
        assert [passage.id for passage in gate.recollection.waiting()] == [asked.id]
        page = await gate.lay(printed(PASSPORT), source="scanner:/dev/ttyACM0")
        assert [passage.id for passage in gate.recollection.waiting()] == [asked.id], "whose chip it is, is not known"
        chip = await gate.lay(verified(PASSPORT), source="pcsc:")
        assert chip.id == page.id
        assert gate.recollection.waiting() == []
        assert gate.counts.tally().entered == 1

    at_gate(story)


# --- cards that prove nothing


def test_an_enrolled_card_is_held_for_a_look_at_the_face_and_says_how_it_was_read(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        card = Document(DocumentKind.CARD_UID, "", "04A2B3C4D5E680", assurance=Assurance.COPYABLE)
        gate.directory.people[key_of(card)] = GREEN
        held = await gate.lay(card)
        assert (held.decision.reasons, held.record.method) == (("uid_card", "green"), Method.UID)
        gate.site = msgspec.structs.replace(gate.site, rules=SiteRules(uid_cards=Outcome.PASS))
        gate.clock.pass_time(9)
        passed = await gate.lay(card)
        assert passed.decision.reasons == ("green", "uid_card_allowed")

    at_gate(story)


# --- two people


def test_two_people_who_queue_are_two_passages_and_no_mismatch(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(WANG.document)
        await gate.show(code_of(key_of(SUN.document)), "GP1:SUN")
        await gate.lay(PASSPORT)
        await gate.lay(TWIN)
        people = [key_of(each) for each in (WANG.document, SUN.document, PASSPORT, TWIN)]
        assert [record.person for record in gate.journal.records] == people
        assert [record.about for record in gate.journal.records] == [None] * 4
        assert not [record for record in gate.journal.records if "mismatch" in record.reasons]

    at_gate(story)


def test_whose_code_comes_after_the_next_persons_card_still_has_one_passage(at_gate: Any) -> None:
    async def story(gate: Gate) -> None:
        await gate.lay(WANG.document)
        await gate.lay(SUN.document)
        await gate.show(code_of(key_of(WANG.document)))
        assert [record.person for record in gate.journal.records] == [key_of(WANG.document), key_of(SUN.document)]
        assert gate.screens.words == ["show", "show", "repeat"]
        assert gate.counts.tally().entered == 1

    at_gate(story)


@dataclass(frozen=True)
class Thing:
    """Something that a person of the property test can present."""

    owner: int
    name: str

    def __repr__(self) -> str:
        return f"{'AB'[self.owner]}:{self.name}"


# Born on the same day, with a name that differs by a syllable.
HOLDERS = tuple(replace(MINJI, native_name="", latin_name=latin) for latin in ("KIM MINJI", "KIM MINJAE"))
PASSPORTS = tuple(Document(DocumentKind.PASSPORT, "KOR", f"M1234567{n}", HOLDERS[n]) for n in (0, 1))
CARDS = tuple(Document(DocumentKind.FOREIGNER_PR, "CHN", f"KOR31009001010{n}", HOLDERS[n]) for n in (0, 1))
OWN = tuple({key_of(PASSPORTS[n]), key_of(CARDS[n])} for n in (0, 1))
CODES = tuple(code_of(key_of(CARDS[n])) for n in (0, 1))
STALE = tuple(code_of(key_of(PASSPORTS[n]), Outcome.HOLD, "code_paper_expired") for n in (0, 1))

things = st.builds(Thing, st.integers(0, 1), st.sampled_from(["page", "chip", "card", "typed", "code", "stale"]))
moments = st.sampled_from([0.0, 0.3, 1.0, 2.5, 3.9, 4.5, 6.0])
colours = st.sampled_from([GREEN, (Colour.YELLOW, Advice.NONE), RED, (None, Advice.NONE), None])


async def _present(gate: Gate, thing: Thing) -> None:
    n = thing.owner
    match thing.name:
        case "page":
            await gate.lay(printed(PASSPORTS[n]))
        case "chip":
            await gate.lay(verified(PASSPORTS[n]))
        case "card":
            await gate.lay(CARDS[n])
        case "typed":
            bare = Document(PASSPORTS[n].kind, "KOR", PASSPORTS[n].number, assurance=Assurance.TYPED)
            await gate.lay(bare)
        case "code":
            await gate.show(CODES[n], f"GP1:{n}")
        case "stale":
            await gate.show(STALE[n], f"GP1:OLD{n}")


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(st.tuples(things, moments), min_size=1, max_size=9), st.tuples(colours, colours, colours, colours))
def test_two_peoples_parts_never_mix_in_whatever_order_they_come(
    folder: GateFolder, order: list[tuple[Thing, float]], known: tuple[Any, ...]
) -> None:
    keys = [key_of(document) for document in (*PASSPORTS, *CARDS)]
    people = {key: state for key, state in zip(keys, known, strict=True) if state is not None}

    async def story() -> Gate:
        gate = Gate(None, people={bytes(16): GREEN, **people}, folder=folder)
        owners: dict[bytes, int] = {}
        for thing, pause in order:
            gate.clock.pass_time(pause)
            before = len(gate.journal.records)
            await _present(gate, thing)
            for record in gate.journal.records[before:]:
                visit = record.about or record.id
                assert owners.setdefault(visit, thing.owner) == thing.owner, "a part joined another person's visit"
                assert record.person is None or record.person in OWN[thing.owner], "a record carries another's key"
                assert "mismatch" not in record.reasons
        return gate

    gate = asyncio.run(story())
    last: dict[bytes, Record] = {}
    for record in gate.journal.records:
        assert record.about is None or record.about in last, "a word about a visit that never was"
        last[record.about or record.id] = record
    passed = sum(record.outcome is Outcome.PASS for record in last.values())
    assert gate.counts.tally().entered == passed
    recounted = Counts(gate.clock, lambda: 480)
    recounted.restart(gate.journal.records)
    assert recounted.tally() == gate.counts.tally(), "a restart counts the same"


@pytest.mark.slow
@settings(max_examples=60)
@given(st.permutations(["page", "chip", "card", "code"]), st.lists(moments.filter(lambda s: s <= 1), min_size=4))
def test_in_whatever_order_one_person_presents_they_are_counted_once(
    folder: GateFolder, order: list[str], pauses: list[float]
) -> None:
    """Nothing links the passport to the code but the card: before it has come, they are two visits."""

    async def story() -> Gate:
        gate = Gate(None, people={key_of(CARDS[0]): GREEN}, folder=folder)
        for name, pause in zip(order, pauses, strict=False):
            gate.clock.pass_time(pause)
            await _present(gate, Thing(0, name))
        return gate

    gate = asyncio.run(story())
    visits = {record.about or record.id for record in gate.journal.records}
    is_linked = "code" not in order[: order.index("card")] or (order[0] == "code" and order[1] == "card")
    assert len(visits) == 1 or not is_linked
    assert gate.counts.tally().entered == 1
    assert gate.recollection.waiting() == [], "the guard is not left with somebody who has gone in"
    assert gate.screens.seen[-1][1].decision.outcome is Outcome.PASS
