"""Questions at a gate: approved answers, the rule of this gate in words, and the desk. Nobody says who they are here.

    GET  /questions?language=en            the page; the kiosk shows it in a frame
    GET  /questions?language=en&topic=…    answers about it, by a touch: a kiosk has no keyboard (`TOPICS`)
    GET  /questions?language=en&words=…    answers that fit; without words, all of them
    GET  /questions?language=en&brings=…   what this gate would decide (`policy.asking`), by the rules that it holds
                                           now; with `invited`, of somebody who shows an invitation beside it
    POST /questions                        to the desk, with a network: where the answer will stand, as a QR code

Answers came with the last update, verified (`wire.answers`); they and the rule are there without a network as well.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gatepass.gate import pages
from gatepass.gate.calls import CallError, Calls, RefusedError
from gatepass.gate.clock import Clock
from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from gatepass.policy import SiteRules
from gatepass.policy.asking import BRING, BRINGS, OUTCOMES, RULES, STANDINGS, Asked, Brings, Standing, answers
from gatepass.wire.answers import ANSWERS_FILE, MOST_ANSWERS, Answer, Answers, Finder, decode
from gatepass.wire.questions import GateAnswer, GateQuestion

MOST_SHOWN: Final = 40
MOST_BODY: Final = 16_000
TOPICS: Final = {
    "about_visitors": ("visitor", "guest", "helper", "cleaning", "访客", "家政", "保洁"),
    "about_deliveries": ("parcel", "delivery", "courier", "快递", "包裹", "外卖"),
    "about_code": ("code", "card", "passport", "健康码", "身份证", "护照"),
    "about_quarantine": ("quarantine", "isolation", "test", "fever", "隔离", "核酸", "体温"),
    "about_travel": ("travel", "arrival", "flight", "airport", "返程", "入境", "机场"),
}
"""Topic -> what is searched for: an answer has one parent in all languages, so that these words find each of them."""
_MARKS: Final = {"pass": "✓", "hold": "△", "refuse": "✕"}


class Questions:
    def __init__(self, calls: Calls, directory: Path, gate: str, clock: Clock, rules: Callable[[], SiteRules]) -> None:
        """`directory` is the folder of the gate's `DirectoryStore`."""
        self._calls, self._gate, self._clock, self._rules = calls, gate, clock, rules
        self._file = directory / "files" / ANSWERS_FILE
        self._stamp: tuple[int, int, int] | None = None
        self._answers = Answers()
        self._finder = Finder(())

    async def page(self, request: Request) -> Response:
        asked = request.query_params
        language = _known(asked.get("language", ""))
        words, topic = asked.get("words", "").strip(), asked.get("topic", "")
        facts: dict[str, Any] = {"words": words, "found": self._found(words, language)}
        if topic in TOPICS:
            facts |= {"topic": topic, "found": [_answer(one, language) for one in self._about(topic)[:MOST_SHOWN]]}
        if "brings" in asked:
            brings, standing, invited = (asked.get(name, "") for name in ("brings", "standing", "invited"))
            facts |= self._foretold(brings, standing, invited, language)
        return self._rendered(language, facts)

    async def ask(self, request: Request) -> Response:
        """To the desk. Without a network what was typed stays on the page, and it is said what to do."""
        said = {name: values[0] for name, values in parse_qs((await _body(request)).decode("utf-8", "replace")).items()}
        language = _known(said.get("language", ""))
        words = said.get("words", "").strip()[:2000]
        key = said.get("key", "")[:40]
        facts: dict[str, Any] = {"words": "", "typed": words, "found": self._found("", language)}
        if not words or len(key) < 8:
            return self._rendered(language, facts)
        try:
            answer = await self._calls.question(GateQuestion(key, language, words))
        except RefusedError:
            facts["trouble"] = "too_many"
        except CallError:
            facts["trouble"] = "offline"
        else:
            facts["asked"] = _shown(answer)
        return self._rendered(language, facts)

    def _rendered(self, language: Language, facts: dict[str, Any]) -> Response:
        phone = self._answers.phone
        html = pages.render_questions(
            language,
            {
                "topics": [topic for topic in TOPICS if self._about(topic)], "topic": "",
                "phone": phone, "phone_picture": _picture(phone) if phone else "",
                "typed": "", "trouble": "", "asked": None, "told": [], "brings": Brings.CARD.value,
                "standing": Standing.NOT_SAID.value, "invited": "", **facts, "key": secrets.token_hex(10),
                "brings_words": [(code, said[language]) for code, said in BRINGS.items()],
                "standing_words": [(code, said[language]) for code, said in STANDINGS.items()],
            },
        )  # fmt: skip
        # A plain form says from where it is sent only to its own page, and is refused where it does not.
        headers = {
            "cache-control": "no-store",
            "content-security-policy": pages.QUESTIONS_POLICY,
            "referrer-policy": "same-origin",
        }
        return HTMLResponse(html, headers=headers)

    def _found(self, words: str, language: Language) -> list[dict[str, str]]:
        self._reread()
        here = self._here(self._finder.find(words, MOST_ANSWERS)) if words else self._here(self._answers.answers)
        return [_answer(one, language) for one in here[:MOST_SHOWN]]

    def _here(self, found: list[Answer]) -> list[Answer]:
        ids = {one.id for one in self._answers.at(self._gate, self._clock.now_ms())}
        return [one for one in found if one.id in ids]

    def _about(self, topic: str) -> list[Answer]:
        each = {one.id: one for word in TOPICS[topic] for one in self._finder.find(word, MOST_ANSWERS)}
        return self._here(list(each.values()))

    def _foretold(self, brings: str, standing: str, invited: str, language: Language) -> dict[str, Any]:
        if brings not in set(Brings) or standing not in set(Standing):
            return {}
        now = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)
        asked = Asked(Brings(brings), Standing(standing), now, invited=bool(invited))
        told = [
            {
                "standing": STANDINGS[one.standing.value][language],
                "outcome": one.decision.outcome.value,
                "mark": _MARKS[one.decision.outcome.value],
                "said": OUTCOMES[one.decision.outcome.value][language],
                "rules": [RULES[code][language] for code in one.rules],
                "bring": [BRING[code][language] for code in one.bring],
            }
            for one in answers(asked, self._rules())
        ]
        return {"told": told, "brings": brings, "standing": standing, "invited": invited}

    def _reread(self) -> None:
        """One stat, and the file anew where it changed."""
        try:
            found = self._file.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp != self._stamp:
                self._answers, self._stamp = decode(self._file.read_bytes()), stamp
                self._finder = Finder(self._answers.answers)
        except OSError:
            self._answers, self._finder, self._stamp = Answers(), Finder(()), None


def _answer(one: Answer, language: Language) -> dict[str, str]:
    said = one.texts[language]
    return {"language": said.language, "question": said.question, "short": said.short}


def _shown(answer: GateAnswer) -> dict[str, Any]:
    return {"address": answer.address, "looks": answer.looks, "picture": _picture(answer.address)}


def _picture(address: str) -> Markup:
    picture = segno.make(address, error="m").svg_inline(scale=7, border=4, dark="#14201a", light="#fff")
    return Markup(picture)  # noqa: S704 - drawn here


def _known(code: str) -> Language:
    return next((language for language in LANGUAGES if language == code), DEFAULT_LANGUAGE)


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > MOST_BODY:
            return b""
    return bytes(received)
