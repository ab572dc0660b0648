"""One person's card, code and face are one visit; two people's are not. Another way is never refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.cast import LI, SUN, WANG
from tests.gate.paper import Gate, PaperFaces, code_of
from tests.gate.town import FakeCentre, NoDownloads, enrolled, key_of
from tests.vision.stand_ins import FAR, Drawn, Files, as_jpeg, draw
from tests.waiting import until

from gatepass.gate.agent import Agent, running
from gatepass.gate.faces import Compared, Faces
from gatepass.gate.looking import CHOICE_LASTS_S, PICTURES_LAST_S
from gatepass.gate.settings import GateSettings
from gatepass.gate.visits import Visit
from gatepass.identity import Document
from gatepass.policy import Face, FaceRule, SiteRules
from gatepass.readers.camera import CameraReader
from gatepass.readers.camera.link import Frame

ALWAYS, WHERE_POSSIBLE = SiteRules(faces=FaceRule.ALWAYS), SiteRules(faces=FaceRule.WHERE_POSSIBLE)


def of(document: Document, who: int = 1) -> Document:
    """The same document with the portrait of this person."""
    return replace(document, portrait=as_jpeg(draw(Drawn(who))))


@pytest.fixture
def at_gate(tmp_path: Any) -> Callable[..., Any]:
    def play(story: Callable[[Gate, PaperFaces], Awaitable[Any]], *sees: Face, rules: SiteRules = ALWAYS) -> Any:
        async def telling() -> Any:
            faces = PaperFaces(*sees)
            gate = Gate(tmp_path, faces=faces)
            gate.site = msgspec.structs.replace(gate.site, rules=rules)
            return await story(gate, faces)

        return asyncio.run(telling())

    return play


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


# --- the visit


def test_a_site_that_does_not_ask_compares_nobody(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        passage = await gate.lay(of(WANG.document))
        assert passage.decision.reasons == ("green",)
        assert faces.asked == []
        assert "looking" not in gate.screens.words

    at_gate(story, rules=SiteRules())


def test_card_code_and_face_of_one_person_are_one_passage(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        await gate.lay(of(WANG.document))
        passage = await gate.show(code_of(key_of(WANG.document)))
        assert passage.decision.reasons == ("green", "face_same")
        assert passage.checks == {"person": "ok", "document": "ok", "code": "ok"}
        assert len(gate.journal.records) == 1
        assert len(faces.asked) == 1
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_a_code_first_and_then_card_and_face_is_one_visit_that_ends_well(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        first = await gate.show(code_of(key_of(WANG.document)))
        second = await gate.lay(of(WANG.document))
        assert first.decision.reasons[0] == "face_no_portrait"
        assert second.decision.reasons[:2] == ("green", "face_same")
        assert [record.about for record in gate.journal.records] == [None, gate.journal.records[0].id]
        assert gate.counts.tally().entered == 1

    at_gate(story)


def test_another_persons_card_is_held_whatever_its_colour_and_the_guards_word_is_the_last(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        passage = await gate.lay(of(SUN.document))
        assert (passage.decision.outcome, passage.decision.reasons) == ("hold", ("face_mismatch", "red"))
        assert gate.session.pictures.which(passage.id) == ["portrait", "live"]
        await gate.session.settle(passage.id, "refuse", "not_same_person")
        assert gate.session.pictures.which(passage.id) == []
        assert gate.journal.records[-1].reasons == ("not_same_person",)
        assert gate.journal.records[-1].about == gate.journal.records[0].id
        assert gate.counts.tally().entered == 0

    at_gate(story, Face.MISMATCH)


def test_the_guard_who_knows_better_says_so_and_the_person_counts(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        passage = await gate.lay(of(WANG.document))
        await gate.session.settle(passage.id, "admit", "same_person")
        assert gate.journal.records[-1].reasons == ("same_person",)
        assert gate.counts.tally().entered == 1

    at_gate(story, Face.MISMATCH)


def test_laying_another_persons_card_down_again_tries_no_luck(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        await gate.lay(of(WANG.document))
        faces.sees = Face.SAME
        again = await gate.lay(of(WANG.document))
        assert again.decision.reasons[0] == "face_mismatch"
        assert len(faces.asked) == 1

    at_gate(story, Face.MISMATCH)


def test_two_people_who_queue_are_each_compared_with_their_own_portrait(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        wang, li = of(WANG.document, 1), of(LI.document, 2)
        first = await gate.lay(wang)
        faces.sees = Face.MISMATCH
        second = await gate.lay(li)
        assert faces.asked == [wang.portrait, li.portrait]
        assert first.decision.reasons == ("green", "face_same")
        assert second.decision.reasons == ("face_mismatch", "yellow")
        assert first.id != second.id
        assert (await gate.lay(wang)).decision.reasons == ("green", "face_same")

    at_gate(story)


def test_who_was_not_seen_is_held_and_passes_when_they_look(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        held = await gate.lay(of(WANG.document))
        assert (held.decision.outcome, held.decision.reasons[0]) == ("hold", "face_not_seen")
        gate.clock.pass_time(2)
        faces.looked_on.set()
        await settled()
        assert gate.session.present_passage is not None
        assert gate.session.present_passage.decision.reasons == ("green", "face_same")
        assert gate.session.present_passage.id == held.id
        assert gate.recollection.held(held.id) is None
        assert gate.counts.tally().entered == 1
        assert gate.session.pictures.which(held.id) == []

    at_gate(story, Face.NOT_SEEN, Face.SAME)


def test_the_next_persons_face_makes_nobody_another(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        held = await gate.lay(of(WANG.document))
        faces.looked_on.set()
        await settled()
        assert gate.session.present_passage is held
        assert len(gate.journal.records) == 1

    at_gate(story, Face.NOT_SEEN, Face.MISMATCH)


def test_a_face_that_comes_after_the_guards_word_changes_nothing(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        held = await gate.lay(of(WANG.document))
        await gate.session.settle(held.id, "refuse", "declined_to_wait")
        faces.looked_on.set()
        await settled()
        assert [record.reasons[0] for record in gate.journal.records] == ["face_not_seen", "declined_to_wait"]
        assert gate.counts.tally().entered == 0

    at_gate(story, Face.NOT_SEEN, Face.SAME)


def test_a_face_that_comes_when_the_visit_is_over_joins_nobody(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        await gate.lay(of(WANG.document))
        gate.session._visits.clear()
        faces.looked_on.set()
        await settled()
        assert len(gate.journal.records) == 1

    at_gate(story, Face.NOT_SEEN, Face.SAME)


def test_the_screen_asks_to_look_and_the_light_turns_after_the_comparison(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        async def meanwhile() -> None:
            assert gate.screens.words == ["looking"]
            assert gate.journal.records == []

        faces.before_answer = meanwhile
        await gate.lay(of(WANG.document))
        assert gate.screens.words == ["looking", "show"]

    at_gate(story)


def test_who_asks_for_the_other_way_is_not_compared_and_the_next_person_is(at_gate: Any) -> None:
    async def story(gate: Gate, faces: PaperFaces) -> None:
        gate.session.decline_camera()
        passage = await gate.lay(of(WANG.document))
        assert (passage.decision.outcome, passage.decision.reasons[0]) == ("hold", "face_declined")
        again = await gate.lay(of(WANG.document))
        assert again.decision.reasons[0] == "face_declined"
        assert faces.asked == []
        await gate.lay(of(LI.document))
        assert len(faces.asked) == 1

    at_gate(story, rules=WHERE_POSSIBLE)


def test_a_wish_for_the_other_way_ends_with_who_walked_away(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        gate.session.decline_camera()
        gate.clock.pass_time(CHOICE_LASTS_S + 1)
        assert (await gate.lay(of(WANG.document))).decision.reasons == ("green", "face_same")

    at_gate(story)


def test_pictures_are_gone_after_three_minutes_though_nobody_decided(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        passage = await gate.lay(of(WANG.document))
        gate.clock.pass_time(PICTURES_LAST_S + 1)
        assert gate.session.pictures.which(passage.id) == []
        assert gate.session.pictures.picture(passage.id, "live") is None
        assert gate.recollection.held(passage.id) is not None

    at_gate(story, Face.MISMATCH)


def test_who_passes_leaves_no_picture(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        passage = await gate.lay(of(WANG.document))
        assert gate.session.pictures.which(passage.id) == []

    at_gate(story)


def test_the_record_says_what_came_of_it_and_holds_no_picture(at_gate: Any) -> None:
    async def story(gate: Gate, _: PaperFaces) -> None:
        await gate.lay(of(WANG.document))
        packed = msgspec.msgpack.encode(gate.journal.records[0])
        assert b"face_mismatch" in packed
        assert b"portrait" not in packed
        assert b"live" not in packed
        assert len(packed) < 300

    at_gate(story, Face.MISMATCH)


def test_nothing_of_a_face_is_in_a_repr() -> None:
    visit = Visit(began=0.0, compared=Compared(Face.SAME, b"portrait", b"live"))
    assert "portrait" not in repr(visit)
    assert "live" not in repr(visit)


# --- the camera and the networks


class Film:
    """A camera made of pictures: a new frame whenever it is asked, the last one over and over."""

    def __init__(self, *pictures: Any) -> None:
        self.pictures, self.number = list(pictures), 0

    @property
    def newest(self) -> Frame | None:
        import time

        if not self.pictures:
            return None
        picture = self.pictures[min(self.number, len(self.pictures) - 1)]
        self.number += 1
        return Frame(self.number, time.perf_counter(), picture)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files.make(tmp_path_factory.mktemp("networks"))


def settings(files: Files, **further: Any) -> GateSettings:
    first, second = files.hashes
    given: dict[str, Any] = {
        "reader": ["sam:/dev/ttyS9", "camera:push"],
        "face_detector": str(files.detector),
        "face_recogniser": str(files.recogniser),
        "face_detector_sha256": first,
        "face_recogniser_sha256": second,
        "face_same": 0.8,
        "face_different": 0.6,
    }
    return GateSettings(**{**given, **further})


def compared(files: Files, portrait: bytes | None, *film: Any, within_s: float = 0.6, **how: Any) -> Compared:
    async def story() -> Compared:
        camera = Film(*film)
        faces = Faces(settings(files, **how), lambda: [object(), camera])  # type: ignore[list-item]
        try:
            return await faces.compare(portrait, within_s=within_s)
        finally:
            faces.close()

    return asyncio.run(story())


PORTRAIT = as_jpeg(draw(Drawn(1)))
BESIDE = draw(Drawn(1, column=3), Drawn(2, column=11), width=480)


@pytest.mark.parametrize(
    ("film", "face"),
    [
        pytest.param([draw(Drawn(1), noise=8)], Face.SAME, id="the holder"),
        pytest.param([draw(), draw(), draw(Drawn(1), noise=8)], Face.SAME, id="the holder comes closer"),
        pytest.param([draw(Drawn(2), noise=8, seed=n) for n in range(9)], Face.MISMATCH, id="another person"),
        pytest.param([draw(Drawn(1), Drawn(2, column=14, row=4, cell=FAR))], Face.SAME, id="a stranger behind"),
        pytest.param([draw(Drawn(2)), draw(Drawn(1))], Face.SAME, id="a stranger crosses the picture"),
        pytest.param([BESIDE], Face.SEVERAL, id="two side by side"),
        pytest.param([draw()], Face.NOT_SEEN, id="nobody"),
        pytest.param([draw(Drawn(1, column=9, row=9, cell=FAR))], Face.NOT_SEEN, id="far away"),
        pytest.param([None], Face.NOT_SEEN, id="pictures that could not be decoded"),
        pytest.param([], Face.OFF, id="no pictures at all"),
    ],
)
def test_a_portrait_and_a_camera_give_one_answer(files: Files, film: list[Any], face: Face) -> None:
    found = compared(files, PORTRAIT, *film)
    assert found.face is face
    assert found.portrait is not None


def test_who_could_not_be_compared_is_no_mismatch_however_long_it_lasts(files: Files) -> None:
    """Two strangers who take turns before the camera are two people, and neither is the holder for certain."""
    film = [draw(Drawn(2 + n % 2)) for n in range(60)]
    assert compared(files, PORTRAIT, *film).face is Face.UNSURE


def test_a_portrait_that_cannot_be_read_is_none(files: Files) -> None:
    for portrait in (None, b"", b"WLf" + bytes(1021), as_jpeg(draw())):
        assert compared(files, portrait, draw(Drawn(1))).face is Face.NO_PORTRAIT


def test_without_models_or_camera_nothing_is_compared_and_the_guard_still_sees_the_portrait(files: Files) -> None:
    for how in ({"face_detector": ""}, {"reader": ["sam:/dev/ttyS9"]}, {"face_camera": "camera:other"}):
        found = compared(files, PORTRAIT, draw(Drawn(1)), **how)
        assert found.face is Face.OFF
        assert found.portrait is not None
        assert found.live is None


@pytest.mark.parametrize(
    ("how", "trouble"),
    [
        ({}, ""),
        ({"face_detector": ""}, "face_models_unnamed"),
        ({"face_detector": "/nowhere/yunet.onnx"}, "face_models_missing"),
        ({"face_recogniser_sha256": "0" * 64}, "face_models_wrong"),
        ({"reader": []}, "face_camera_missing"),
    ],
)
def test_why_nothing_is_compared_is_said(files: Files, how: dict[str, Any], trouble: str) -> None:
    chosen = settings(files, **how)
    faces = Faces(chosen, list)
    assert asyncio.run(faces.warm()) == trouble
    faces.close()
    assert Faces.check(chosen, chosen.reader) == trouble


def test_a_comparison_that_fails_stops_nobody(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    from gatepass.vision import FaceReader

    def fails(*_: object) -> None:
        raise RuntimeError("a driver's own surprise")

    monkeypatch.setattr(FaceReader, "view", fails)
    assert compared(files, PORTRAIT, draw(Drawn(1))) == Compared(Face.OFF)


def test_thresholds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="face_different"):
        GateSettings(face_same=0.2, face_different=0.3)


def test_the_settings_name_the_files_of_opencvs_collection() -> None:
    from gatepass.vision.models import SFACE_SHA256, YUNET_SHA256

    plain = GateSettings()
    assert (plain.face_detector_sha256, plain.face_recogniser_sha256) == (YUNET_SHA256, SFACE_SHA256)


# --- the whole gate


@pytest.mark.slow
def test_a_gate_with_a_camera_compares_whoever_stands_there_when_the_centre_asks_for_it(
    tmp_path: Path, files: Files
) -> None:
    """The rule comes with the heartbeat; the pictures come from a camera that reads codes as well."""

    async def story() -> None:
        folder = enrolled(tmp_path / "gate")
        centre = FakeCentre.of(folder, configuration=1)
        chosen = settings(files, folder=folder.path, reader=["camera:push"], retry_most_s=0.1)
        agent = Agent(chosen, transport=centre.transport, downloads=NoDownloads())
        async with running(agent):
            assert agent._knowledge()["faces"] is False
            centre.rules, centre.configuration = ALWAYS, 2
            agent._take_site(msgspec.structs.replace(agent.site, rules=ALWAYS))
            camera = agent.readers[0]
            assert isinstance(camera, CameraReader)
            await until(lambda: agent.health.readers)
            await until(lambda: agent.faces.trouble == "" and agent._knowledge()["faces"])
            for who, reason in ((1, "face_same"), (2, "face_mismatch")):
                stop = asyncio.Event()
                filming = asyncio.create_task(film(camera, draw(Drawn(1)), stop))
                passage = await agent.session.present(of((WANG if who == 1 else LI).document, who))
                stop.set()
                await filming
                assert reason in passage.decision.reasons, passage.decision
            assert "face_models_unnamed" not in agent.health.states()
            exposed = agent.metrics.exposition()
            assert b'gatepass_faces_compared_total{face="same"} 1.0' in exposed
            assert b'gatepass_faces_compared_total{face="mismatch"} 1.0' in exposed

    async def film(camera: CameraReader, picture: Any, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await camera.push(as_jpeg(picture))
            await asyncio.sleep(0.03)

    asyncio.run(story())
