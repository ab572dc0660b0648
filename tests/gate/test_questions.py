"""Questions at a gate: its copy of the answers and its own rule, with and without a network."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.gate.test_notices import NOON, Clock
from tests.wire.test_answers import CLEANER, PARCEL, PETS

from gatepass.gate.calls import UnreachableError
from gatepass.gate.questions import Questions
from gatepass.languages import LANGUAGES
from gatepass.policy import Outcome, SiteRules
from gatepass.policy.asking import BRING, OUTCOMES, RULES, STANDINGS, Asked, Brings, Standing, answers
from gatepass.wire.answers import ANSWERS_FILE, Answers
from gatepass.wire.questions import GateAnswer, GateQuestion

WARD = SiteRules(yellow=Outcome.REFUSE)
PHONE = "https://centre.example/my/questions/"


class Centre:
    """Answers, or cannot be reached."""

    def __init__(self) -> None:
        self.asked: list[GateQuestion] = []
        self.is_there = True

    async def question(self, question: GateQuestion) -> GateAnswer:
        await asyncio.sleep(0)
        if not self.is_there:
            raise UnreachableError("no network")
        self.asked.append(question)
        return GateAnswer("https://centre.example/q/abcdef/", "Somebody looks at nine.")


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.fixture
def kiosk(tmp_path: Path, centre: Centre) -> TestClient:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / ANSWERS_FILE).write_bytes(Answers([CLEANER, PARCEL, PETS], PHONE).encode())
    clock = Clock()
    assert clock.now_ms() == NOON
    questions = Questions(centre, tmp_path, "12", clock, lambda: WARD)  # type: ignore[arg-type]
    routes = [Route("/questions", questions.page), Route("/questions", questions.ask, methods=["POST"])]
    return TestClient(Starlette(routes=routes))


def page(kiosk: TestClient, **asked: str) -> str:
    return unescape(kiosk.get("/questions", params=asked).text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_of_this_gate_are_there_in_each_language(kiosk: TestClient, language: str) -> None:
    shown = page(kiosk, language=language)
    assert CLEANER.texts[language].question in shown
    assert PETS.texts[language].question not in shown, "another gate's"


def test_words_of_another_language_find_the_answer_without_a_network(kiosk: TestClient, centre: Centre) -> None:
    centre.is_there = False
    shown = page(kiosk, language="ko", words="cleaner")
    assert CLEANER.texts["ko"].question in shown
    assert PARCEL.texts["ko"].question not in shown


def test_the_rule_is_that_of_this_gate(kiosk: TestClient) -> None:
    shown = page(kiosk, language="en", brings="card", standing="not_said")
    for one in answers(Asked(Brings.CARD, Standing.NOT_SAID, datetime.fromtimestamp(NOON / 1000, UTC)), WARD):
        assert f"{STANDINGS[one.standing.value]['en']}</p>" in shown
        assert OUTCOMES[one.decision.outcome.value]["en"] in shown
    assert "A yellow code: this gate does not let it in." in shown
    assert page(kiosk, language="en", brings="x", standing="y"), "a slip in the address is the page without an answer"


def test_whoever_has_an_invitation_is_foretold_as_on_the_residents_page(kiosk: TestClient) -> None:
    at = datetime.fromtimestamp(NOON / 1000, UTC)
    shown = page(kiosk, language="en", brings="card", standing="unknown", invited="yes")
    (with_one,) = answers(Asked(Brings.CARD, Standing.UNKNOWN, at, invited=True), WARD)
    assert with_one.decision.reasons[0].startswith("visit_")
    assert [RULES[code]["en"] in shown for code in with_one.rules] == [True] * len(with_one.rules)
    assert BRING["invitation"]["en"] in shown
    assert '<option value="yes" selected>' in shown
    without = page(kiosk, language="en", brings="card", standing="unknown")
    assert BRING["invitation"]["en"] not in without
    assert '<option value="yes">' in without


def test_the_desk_is_asked_and_the_answers_address_is_shown(kiosk: TestClient, centre: Centre) -> None:
    sent = {"language": "en", "key": "0123456789", "words": "Where is the vet?"}
    shown = kiosk.post("/questions", data=sent).text
    assert "https://centre.example/q/abcdef/" in shown
    assert "<svg" in shown
    assert "Somebody looks at nine." in shown
    assert centre.asked == [GateQuestion("0123456789", "en", "Where is the vet?")]


def test_without_a_network_what_was_typed_stays_and_it_is_said(kiosk: TestClient, centre: Centre) -> None:
    centre.is_there = False
    sent = {"language": "en", "key": "0123456789", "words": "Where is <b>the</b> vet?"}
    shown = kiosk.post("/questions", data=sent).text
    assert "There is no network now" in shown
    assert "<b>the" not in shown
    assert "Where is <b>the</b> vet?" in unescape(shown)
    assert kiosk.post("/questions", content=b"\xff" * 20_000).status_code == 200


def test_a_touch_on_a_topic_shows_what_is_answered_about_it(kiosk: TestClient) -> None:
    """A kiosk has no keyboard."""
    assert "topic=about_visitors" in page(kiosk, language="ja")
    assert "topic=about_travel" not in page(kiosk, language="ja"), "nothing is answered about it"
    shown = page(kiosk, language="ja", topic="about_deliveries")
    assert PARCEL.texts["ja"].question in shown
    assert CLEANER.texts["ja"].question not in shown
    assert CLEANER.texts["ja"].question in page(kiosk, language="ja", topic="of a slip in the address")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_asked_by_touch_or_on_the_phone_with_and_without_a_network(
    kiosk: TestClient, centre: Centre, language: str
) -> None:
    centre.is_there = False
    shown = page(kiosk, language=language, topic="about_visitors")
    assert f'href="/interpreter?language={language}"' in shown
    assert PHONE in shown
    assert "<svg" in shown


def test_without_answers_there_is_still_somebody_to_ask(kiosk: TestClient, tmp_path: Path) -> None:
    (tmp_path / "files" / ANSWERS_FILE).unlink()
    shown = page(kiosk, language="en")
    assert 'href="/interpreter?language=en"' in shown
    assert "<svg" not in shown, "no address for a phone is known"
