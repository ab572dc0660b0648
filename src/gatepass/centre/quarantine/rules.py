"""The rules of quarantine: versioned files, never changed once a case rests on them. docs/quarantine.md has the fields.

    rules_at(moment)      the version that is in force
    rules_of("2020.1")    the version that a case rests on

Files lie in `quarantine/rules/` and, for what a town's health authority orders, in `DIR/quarantine-rules/`; one there
with the version of a shipped one counts instead of it. A file with a fault stops the centre at its start.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from django.conf import settings

from gatepass.centre.passages.words import active_language
from gatepass.languages import LANGUAGES, Language

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=7 * 24 * 60)]
Tenths = Annotated[int, msgspec.Meta(ge=300, le=450)]
Occasion = Literal["early", "late", "amend", "lost", "revoke"]
CRITERIA: Final = (
    *("period_over", "no_fever", "no_symptoms", "no_positive_test", "negative_tests", "reported", "no_open_breach"),
)


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold before somebody is released. Which of the numbers counts depends on the code."""

    code: Literal[CRITERIA]  # type: ignore[valid-type]
    count: int = 0
    hours: int = 0
    days: int = 0
    percent: int = 0


_IN_FILE: Final = {"zh_hans": "zh-Hans", "zh_hant": "zh-Hant"}


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename=_IN_FILE):
    """In five languages."""

    zh_hans: str
    zh_hant: str
    en: str
    ko: str
    ja: str

    def said(self, language: Language | None = None) -> str:
        text: str = getattr(self, (language or active_language()).lower().replace("-", "_"))
        return text


class Kind(Words, frozen=True, forbid_unknown_fields=True, kw_only=True):
    form: Literal["hospital", "central", "home", "monitoring"]
    """Of the fact on which the colour rests (`policy.colours.facts.Quarantine`)."""
    days: Annotated[int, msgspec.Meta(ge=1, le=90)]
    counted: Literal["hours", "days"]
    slots: Annotated[list[tuple[str, str]], msgspec.Meta(min_length=1, max_length=6)]
    grace_minutes: Minutes
    watched: bool
    second_person: list[Literal["early", "late", "always"]]
    criteria: Annotated[list[Criterion], msgspec.Meta(min_length=1)]

    @property
    def times(self) -> list[tuple[time, time]]:
        """From when a report is wanted, and until when, in the site's time."""
        return list(_times(tuple(self.slots)))

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)


class Reason(Words, frozen=True, forbid_unknown_fields=True, kw_only=True):
    of: Occasion
    waives: list[str] = []
    withdrawn: datetime | None = None
    """From then on nobody gives it; old records keep it."""


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes from one step to the next; the first from the end of the grace."""

    resident: Minutes
    household: Minutes
    volunteer: Minutes
    roster: Minutes
    desk: Minutes

    @property
    def whole(self) -> timedelta:
        return timedelta(minutes=sum(msgspec.structs.astuple(self)))


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    effective_from: datetime
    fever: Tenths
    asked_again: tuple[Tenths, Tenths]
    settle_minutes: Minutes
    trip_minutes: Minutes
    overdue_hours: Annotated[int, msgspec.Meta(ge=0, le=240)]
    ladder: Ladder
    kind: Annotated[dict[Code, Kind], msgspec.Meta(min_length=1)]
    reason: dict[Code, Reason]

    def kind_of(self, code: str) -> Kind:
        """One that is gone from the file: the first of it."""
        return self.kind.get(code) or next(iter(self.kind.values()))

    def reasons(self, of: Occasion, at: datetime) -> list[tuple[str, str]]:
        """For a form: those that may be given at that moment."""
        return [
            (code, reason.said())
            for code, reason in self.reason.items()
            if reason.of == of and (reason.withdrawn is None or at < reason.withdrawn)
        ]

    def may_give(self, code: str, of: Occasion, at: datetime) -> bool:
        return code in dict(self.reasons(of, at))


@cache
def _times(slots: tuple[tuple[str, str], ...]) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(due)) for opens, due in slots)


class RulesError(ValueError):
    """A file of rules that is none. The message names the file and the place in it."""


def read_rules(text: str, name: str = "rules") -> Rules:
    """RulesError where it is no such file, or contradicts itself."""
    try:
        rules = msgspec.convert(tomllib.loads(text), Rules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"{name}: {error}") from None
    faults = list(_faults(rules))
    if faults:
        raise RulesError(f"{name}: {'; '.join(faults)}")
    return rules


def _faults(rules: Rules) -> list[str]:
    faults = []
    if rules.effective_from.tzinfo is None:
        faults.append("effective_from has no zone")
    for code, kind in rules.kind.items():
        try:
            times = [moment for pair in kind.times for moment in pair]
        except ValueError:
            faults.append(f"kind.{code}.slots: not HH:MM")
            continue
        if times != sorted(set(times)):
            faults.append(f"kind.{code}.slots: not one after the other within one day")
        dues = [timedelta(hours=due.hour, minutes=due.minute) for _, due in kind.times]
        gaps = [later - one for one, later in zip(dues, [*dues[1:], dues[0] + timedelta(days=1)], strict=True)]
        if min(gaps) <= kind.grace + rules.ladder.whole:
            faults.append(f"kind.{code}.slots: the next report is due before the ladder of the last one has ended")
    for code, words in (*rules.kind.items(), *rules.reason.items()):
        if not all(words.said(language) for language in LANGUAGES):
            faults.append(f"{code}: a language is empty")
    for code, reason in rules.reason.items():
        if set(reason.waives) - set(CRITERIA):
            faults.append(f"reason.{code}.waives: no such criterion")
    return faults


@cache
def every_version() -> dict[str, Rules]:
    """Version -> rules, in the order in which they came into force."""
    found: dict[str, Rules] = {}
    own: Path = settings.CENTRE_DIR / "quarantine-rules"
    shipped = resources.files(__package__).joinpath("rules")
    texts = [(file.name, file.read_text("utf-8")) for file in shipped.iterdir() if file.name.endswith(".toml")]
    if own.is_dir():
        texts += [(file.name, file.read_text("utf-8")) for file in sorted(own.glob("*.toml"))]
    for name, text in texts:
        rules = read_rules(text, name)
        found[rules.version] = rules
    return dict(sorted(found.items(), key=lambda pair: pair[1].effective_from))


def rules_at(moment: datetime) -> Rules:
    """The newest that is in force; the oldest for the time before all of them."""
    versions = list(every_version().values())
    come = [rules for rules in versions if rules.effective_from <= moment]
    return come[-1] if come else versions[0]


def rules_of(version: str) -> Rules:
    """A version that is gone from its folder: the one in force now says the words, until it is put back."""
    return every_version().get(version) or list(every_version().values())[-1]


def reason_words(version: str, code: str) -> str:
    """In the reader's language; a code of a file that is gone stands as it is."""
    if not code:
        return ""
    places: list[Any] = [rules_of(version), *every_version().values()]
    return next((rules.reason[code].said() for rules in places if code in rules.reason), code)
