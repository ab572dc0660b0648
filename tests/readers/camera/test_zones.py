"""A machine-readable zone in a picture becomes what is printed there, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.identity import zones as specimens
from tests.identity.zones import passport, permit

from gatepass.identity import DocumentKind, mrz
from gatepass.readers.camera.pictures import grey_of
from gatepass.readers.camera.recogniser import Recogniser
from gatepass.readers.camera.stage import Shot, page, photograph
from gatepass.readers.camera.zones import ZoneReader

CONDITIONS = {
    "held flat": Shot(),
    "turned": Shot(width=0.7, turned=-12),
    "upside down": Shot(turned=180),
    "upright": Shot(width=0.6, turned=90),
    "tilted": Shot(tilted=0.1, tilt_towards=40),
    "far away": Shot(width=0.4),
    "out of focus": Shot(blur=2.0),
    "moving": Shot(motion=4),
    "in a dim hall": Shot(light=0.12, noise=4),
    "under a lamp": Shot(glare=0.8, glare_at=(0.35, 0.85)),
    "badly compressed": Shot(jpeg=40),
}
# Numbers without letters that only a better picture can tell apart: what reads at all must read here.
KINDS = {
    "passport": passport(names="WOJCIK<<ZOFIA<MARIA", number="EA4711926", personal="92120304567"),
    "card": specimens.TD1,
    "small passport card": specimens.TD2,
    "visa": specimens.MRV_A,
    "home return permit": permit(names="OUYANG<<XIU"),
    "taiwan permit": permit(code="CT", number="87654321", home="1234567890"),
}


def picture(zone: str, shot: Shot, seed: int = 3) -> np.ndarray:
    return grey_of(photograph(page(zone, seed=seed), shot, seed=seed))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_document_is_read(zones, kind):
    look = zones.look(picture(KINDS[kind], Shot(size=(1280, 720), width=0.75, turned=2)))
    assert look.seen
    assert look.zone.document == mrz.parse(KINDS[kind])


@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_passport_is_read_however_it_is_held(zones, condition):
    zone = KINDS["passport"]
    look = zones.look(picture(zone, CONDITIONS[condition]))
    assert look.zone is not None, "nothing was read"
    assert look.zone.text == zone


def test_other_eyes_see_the_same(zones):
    """The two frames that must agree are looked at in two ways: as they are, and sharpened."""
    zone = KINDS["passport"]
    for sharpened in (False, True):
        assert zones.look(picture(zone, Shot()), sharpened_first=sharpened).zone.text == zone


def test_a_page_upside_down_is_remembered_so_that_the_next_frame_is_quicker(recogniser):
    rows = []

    class Counting(Recogniser):
        def __init__(self) -> None:
            pass

        def read(self, strip):
            rows.append(strip.shape)
            return recogniser.read(strip)

    zones = ZoneReader(Counting)
    frame = picture(KINDS["passport"], Shot(turned=180))
    for _ in range(2):
        assert zones.look(frame).zone is not None
    assert len(rows) == 3 + 2


def test_the_chips_key_is_in_what_is_read(zones):
    """Basic Access Control wants number, birth and expiry (9303-11): the Document has them."""
    document = zones.look(picture(KINDS["passport"], Shot())).zone.document
    assert document.kind is DocumentKind.PASSPORT
    assert (document.number, document.holder.birth.isoformat()) == ("EA4711926", "1974-08-12")
    assert document.validity.last.isoformat() == "2012-04-15"


@pytest.mark.parametrize("missing", ["left", "right", "below"])
def test_a_zone_that_is_not_whole_in_the_picture_is_never_a_document(zones, missing):
    at = {"left": (0.3, 0.5), "right": (0.72, 0.5), "below": (0.5, 0.83)}[missing]
    for kind in ("passport", "visa", "card"):
        assert zones.look(picture(KINDS[kind], Shot(at=at))).zone is None


def test_a_covered_part_is_never_filled_in(zones):
    frame = picture(KINDS["passport"], Shot(size=(1280, 720)))
    covered = frame.copy()
    covered[:, 700:760] = 90
    assert zones.look(covered).zone is None


def test_a_wrong_check_digit_is_seen_and_not_read(zones):
    zone = passport()
    wrong = zone[:-1] + ("3" if zone[-1] != "3" else "7")
    look = zones.look(picture(wrong, Shot()))
    assert (look.seen, look.zone) == (True, None)


def test_where_there_is_no_zone_the_recogniser_is_not_even_loaded():
    def never() -> Recogniser:
        raise AssertionError

    zones = ZoneReader(never)
    chance = np.random.default_rng(5)
    frames = [
        grey_of(photograph(None, Shot(size=(960, 540)))),
        chance.integers(0, 256, (540, 960), np.uint8),
        np.zeros((540, 960), np.uint8),
    ]
    for frame in frames:
        look = zones.look(frame)
        assert (look.seen, look.zone) == (False, None)


def test_nothing_of_a_person_is_in_a_repr(zones):
    look = zones.look(picture(KINDS["passport"], Shot()))
    assert look.zone is not None
    assert "WOJCIK" not in repr(look)
    assert "EA4711926" not in repr(look)
