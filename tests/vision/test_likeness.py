"""A yes with the first picture, a no with the third, and never a no because of somebody else's face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.vision import Likeness, Sighting, Thresholds, Verdict


def like(cosine: float, *, other: int = 1) -> Sighting:
    """Somebody whose template has this cosine with the portrait's, in a direction of their own."""
    template = np.zeros(8, np.float32)
    template[0], template[other] = cosine, np.sqrt(1 - cosine**2)
    return Sighting(template)


PORTRAIT = like(1.0)
SAME, DIFFERENT, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE


def verdicts(*seen: Sighting) -> list[Verdict | None]:
    likeness = Likeness(PORTRAIT)
    return [likeness.look(each) for each in seen]


def test_one_good_picture_is_enough_for_a_yes() -> None:
    assert verdicts(like(0.363001)) == [SAME]


def test_a_no_takes_three_pictures() -> None:
    assert verdicts(like(0.1), like(0.2), like(0.0)) == [None, None, DIFFERENT]


def test_between_the_thresholds_nobody_can_tell() -> None:
    assert verdicts(like(0.3), like(0.3), like(0.3)) == [None, None, UNSURE]
    assert verdicts(like(0.1), like(0.26), like(0.1)) == [None, None, UNSURE]


def test_another_picture_may_still_bring_the_yes() -> None:
    assert verdicts(like(0.3), like(0.3), like(0.3), like(0.9)) == [None, None, UNSURE, SAME]


def test_a_face_that_crosses_the_picture_begins_the_series_anew() -> None:
    """Two of the person who is hard to tell, one of a passer-by: three pictures, and not of one face."""
    seen = [like(0.0, other=1), like(0.0, other=1), like(0.0, other=2), like(0.0, other=2)]
    assert verdicts(*seen) == [None, None, None, None]


def test_where_the_holder_stands_behind_nobody_is_another() -> None:
    likeness = Likeness(PORTRAIT)
    for _ in range(2):
        assert likeness.look(like(0.0)) is None
    assert likeness.look(like(0.0), lambda _: [like(0.8).template]) is UNSURE


def test_those_behind_are_measured_only_where_it_matters() -> None:
    def never(_: Sighting) -> list[np.ndarray]:
        raise AssertionError("measured")

    assert Likeness(PORTRAIT).look(like(0.9), never) is SAME


def test_thresholds_that_make_no_sense_are_refused() -> None:
    for same, different in ((0.2, 0.3), (1.1, 0.3), (0.3, -1.1), (float("nan"), 0.1)):
        with pytest.raises(ValueError):
            Thresholds(same, different)


@given(st.lists(st.floats(-1, 0.249), min_size=1, max_size=12))
def test_strangers_are_never_the_same(cosines: list[float]) -> None:
    assert SAME not in verdicts(*map(like, cosines))


@given(st.lists(st.floats(0.4, 1), min_size=1, max_size=12))
def test_the_holder_is_never_another(cosines: list[float]) -> None:
    assert set(verdicts(*map(like, cosines))) == {SAME}
