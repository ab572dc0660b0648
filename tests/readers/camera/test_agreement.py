"""One reading for each thing shown, however long it is held, and only when two frames agree."""

from __future__ import annotations

import pytest
from tests.identity.zones import passport

from gatepass.identity import Document, DocumentError, mrz
from gatepass.readers import CodeText
from gatepass.readers.camera.agreement import GONE_AFTER_S, UNREADABLE_AFTER_S, CodesInView, Step, ZoneVisit

ANNA = mrz.parse(passport())
ANNE = mrz.parse(passport(names="ERIKSSON<<ANNE<MARIA"))
OLGA = mrz.parse(passport(names="IVANOVA<<OLGA", number="M12345678"))
CODE = CodeText("HC1:ABC", "qr")
OTHER = CodeText("HC1:DEF", "qr")


def test_a_code_in_view_is_one_reading_and_another_one_is_a_reading_at_once():
    view = CodesInView()
    assert view.look(0.0, [CODE]) == [CODE]
    assert view.look(0.1, [CODE]) == []
    assert view.look(1.9, [CODE]) == [], "it was not seen for a moment"
    assert view.look(2.0, [CODE, OTHER]) == [OTHER]
    assert view.look(2.1, [OTHER, CODE]) == []


def test_the_same_code_counts_again_when_it_was_away():
    view = CodesInView()
    view.look(0.0, [CODE])
    for moment in (0.5, 1.0, GONE_AFTER_S):
        view.look(moment, [])
    assert view.look(GONE_AFTER_S + 0.1, [CODE]) == [CODE]


def test_a_machine_that_had_no_time_to_look_has_not_seen_it_go():
    view, visit = CodesInView(), ZoneVisit()
    view.look(0.0, [CODE])
    assert view.look(30.0, []) == []
    assert view.look(30.1, [CODE]) == []
    visit.look(0.0, ANNA, seen=True)
    visit.look(30.0, ANNA, seen=True)
    assert visit.look(60.0, None, seen=False) == Step()
    assert visit.look(60.1, ANNA, seen=True) == Step()


def test_a_code_that_lies_still_is_not_shown_again():
    view = CodesInView()
    view.look(0.0, [CODE])
    for second in range(1, 20):
        view.still(float(second))
    assert view.look(20.0, [CODE]) == []


def test_a_wall_of_codes_is_remembered_within_bounds():
    view = CodesInView()
    for n in range(1000):
        view.look(n / 1000, [CodeText(f"{n}", "qr")])
    assert len(view._seen) <= 64


def test_two_frames_that_agree_are_a_reading_and_the_rest_is_the_same_page():
    visit = ZoneVisit()
    assert visit.look(0.0, ANNA, seen=True) == Step(begins=True)
    assert visit.look(0.3, ANNA, seen=True) == Step(begins=True, result=ANNA)
    assert visit.look(0.6, ANNA, seen=True) == Step()
    assert visit.look(0.9, None, seen=True) == Step()
    assert visit.look(1.2, None, seen=False) == Step()
    assert visit.look(9.0, None, seen=False) == Step()


def test_one_letter_of_a_name_that_differs_is_no_agreement():
    visit = ZoneVisit()
    visit.look(0.0, ANNA, seen=True)
    assert visit.look(0.3, ANNE, seen=True).result is None
    assert visit.look(0.6, ANNA, seen=True).result == ANNA


def test_the_next_persons_page_is_another_reading_at_once():
    visit = ZoneVisit()
    visit.look(0.0, ANNA, seen=True)
    visit.look(0.3, ANNA, seen=True)
    assert visit.look(0.6, OLGA, seen=True) == Step(begins=True)
    assert visit.look(0.9, OLGA, seen=True) == Step(begins=True, result=OLGA)


def test_a_page_that_is_taken_away_after_one_frame_hears_that_it_was_too_early():
    visit = ZoneVisit()
    visit.look(0.0, ANNA, seen=True)
    assert visit.look(0.5, None, seen=False) == Step()
    assert visit.look(1.0, None, seen=False) == Step()
    step = visit.look(GONE_AFTER_S, None, seen=False)
    assert (step.begins, step.result.code) == (False, "card_removed_early")
    assert visit.look(9.0, None, seen=False) == Step()


def test_a_page_that_nobody_can_read_hears_it_once():
    visit = ZoneVisit()
    told = [visit.look(n * 0.3, None, seen=True).result for n in range(60)]
    assert [error.code for error in told if error] == ["mrz_check"]
    assert [n for n, error in enumerate(told) if error] == [round(UNREADABLE_AFTER_S / 0.3)]
    assert visit.look(60 * 0.3, ANNA, seen=True) == Step()
    assert visit.look(61 * 0.3, ANNA, seen=True).result == ANNA, "it was straightened"


def test_what_was_announced_is_answered_when_it_never_agrees():
    visit = ZoneVisit()
    steps = [visit.look(n * 0.3, mrz.parse(passport(names=f"A<<{chr(65 + n)}")), seen=True) for n in range(25)]
    assert [step.begins for step in steps].count(True) == 1
    assert [step.result.code for step in steps if step.result] == ["mrz_check"]
    assert steps[round(UNREADABLE_AFTER_S / 0.3)].result is not None


def test_the_same_page_counts_again_when_it_was_away():
    visit = ZoneVisit()
    visit.look(0.0, ANNA, seen=True)
    visit.look(0.3, ANNA, seen=True)
    for moment in (0.6, 0.9, 0.4 + GONE_AFTER_S):
        visit.look(moment, None, seen=False)
    visit.look(4.0, ANNA, seen=True)
    assert visit.look(4.3, ANNA, seen=True).result == ANNA


def test_a_page_that_lies_still_is_one_reading():
    visit = ZoneVisit()
    visit.look(0.0, ANNA, seen=True)
    visit.look(0.3, ANNA, seen=True)
    for second in range(1, 30):
        visit.still(float(second))
    assert visit.look(30.0, ANNA, seen=True) == Step()
    assert visit.look(30.3, ANNA, seen=True) == Step()


@pytest.mark.parametrize(("frames", "code"), [(0, None), (1, "reader_vanished"), (2, None)])
def test_a_camera_that_vanishes_is_told_to_whom_it_was_reading(frames, code):
    visit = ZoneVisit()
    for n in range(frames):
        visit.look(n * 0.3, ANNA, seen=True)
    lost = visit.lost()
    assert (lost and lost.code) == code


def test_nothing_of_a_person_is_in_a_repr():
    visit = ZoneVisit()
    visit.look(0.0, ANNA, seen=True)
    view = CodesInView()
    view.look(0.0, [CODE])
    for text in (repr(visit), repr(vars(view)), repr(Step(result=CODE))):
        assert "ERIKSSON" not in text
        assert "L898902C3" not in text
        assert "HC1:ABC" not in text
    assert isinstance(ANNA, Document)
    assert not isinstance(ANNA, DocumentError)
