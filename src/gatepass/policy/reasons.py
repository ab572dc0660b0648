"""Every reason that a gate can give, and every word around it, in five languages. The words are in `reasons.toml`.

    REASONS[code]                       -> Reason: outcome, subject, prompt id, advice, wording per language
    reason_for_fault(code)              -> the reason for a `DocumentError` or reader fault
    ADVICE, RESOLUTIONS                 -> the next step of a person; what a guard did and why
    KINDS, METHODS, COLOURS, OUTCOMES, NOTICES    code -> text per language
    spoken(decision), checks(decision)  -> prompt ids in order; the small ticks
    embeddable()                        -> all that a page shows, ready for JSON

The file is read once, at import, and a gap in it stops the program there: a gate must not find out at the first tap
that a sentence is missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec

from gatepass.languages import LANGUAGES, Language
from gatepass.policy.decisions import Advice, Decision, Method, Outcome

Check = Literal["ok", "bad", "none"]
Sentence = Annotated[str, msgspec.Meta(min_length=1)]
Texts = Mapping[Language, str]

GENERIC_FAULT: Final = "document_unreadable"
CODE_NOT_UNDERSTOOD: Final = "code_not_understood"


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason in one language."""

    word: Sentence
    """The big expression that is read from four metres."""
    sentence: Sentence
    """What the person does next. Public: never a health reason."""
    guard: Sentence
    """Why, for the desk only."""


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a gate answered as it did. The outcome follows from the reason, always."""

    outcome: Outcome
    subject: Literal["code", "document", "person", "gate", "visit"]
    """What the reason is about: the person's code, the document, whether they belong together, the gate itself, or an
    invitation."""
    prompt: str
    """Id of the spoken sentence in `speech/prompts.toml`."""
    texts: dict[Language, Wording]
    advice: Advice = Advice.NONE
    """The next step where the centre's own advice is none, or is not asked for."""


class AdviceWording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One next step in one language."""

    sentence: Sentence
    """Public: what the person does next."""
    guard: Sentence
    """For the desk, in plain words."""


class AdviceText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One next step. `aloud` only where a bystander learns nothing from it."""

    prompt: str
    """Empty for `none` alone."""
    aloud: bool
    texts: dict[Language, AdviceWording]


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a guard admitted or refused somebody who was held."""

    verdict: Literal["admit", "refuse"]
    texts: dict[Language, Sentence]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: dict[str, Reason]
    fault: dict[Method, dict[str, str]]
    advice: dict[Advice, AdviceText]
    resolution: dict[str, Resolution]
    notice: dict[str, dict[Language, Sentence]]
    kind: dict[str, dict[Language, Sentence]]
    method: dict[str, dict[Language, Sentence]]
    colour: dict[str, dict[Language, Sentence]]
    outcome: dict[Outcome, dict[Language, Sentence]]


def _read(text: str) -> _File:
    """`reasons.toml` as values. Languages are gathered under `texts`; the file names them beside the other fields."""
    raw: dict[str, Any] = tomllib.loads(text)
    for table in ("reason", "advice", "resolution"):
        for entry in raw[table].values():
            entry["texts"] = {language: entry.pop(language) for language in LANGUAGES if language in entry}
    read = msgspec.convert(raw, _File)
    gaps = [
        f"{table}.{code}"
        for table, texts in _texts_of(read)
        for code, by_language in texts.items()
        if tuple(by_language) != LANGUAGES
    ]
    if gaps:
        raise ValueError(f"reasons.toml: not in all five languages (in the order of LANGUAGES): {', '.join(gaps)}")
    return read


def _texts_of(read: _File) -> list[tuple[str, dict[str, Mapping[Language, Any]]]]:
    plain: list[tuple[str, dict[str, Mapping[Language, Any]]]] = [
        ("reason", {code: reason.texts for code, reason in read.reason.items()}),
        ("advice", {code.value: advice.texts for code, advice in read.advice.items()}),
        ("resolution", {code: resolution.texts for code, resolution in read.resolution.items()}),
        ("outcome", {code.value: texts for code, texts in read.outcome.items()}),
    ]
    return plain + [(table, dict(getattr(read, table))) for table in ("notice", "kind", "method", "colour")]


_FILE = _read(resources.files("gatepass.policy").joinpath("reasons.toml").read_text("utf-8"))

REASONS: Final[Mapping[str, Reason]] = MappingProxyType(_FILE.reason)
FAULTS: Final[Mapping[Method, Mapping[str, str]]] = MappingProxyType(dict(_FILE.fault))
"""Method -> code of a `DocumentError` or reader fault -> reason code. What the others leave out, `card` says."""
ADVICE: Final[Mapping[Advice, AdviceText]] = MappingProxyType(_FILE.advice)
RESOLUTIONS: Final[Mapping[str, Resolution]] = MappingProxyType(_FILE.resolution)
NOTICES: Final[Mapping[str, Texts]] = MappingProxyType(_FILE.notice)
"""Sentences about the gate's knowledge; `{time}` is filled in by `str.format` or the page."""
KINDS: Final[Mapping[str, Texts]] = MappingProxyType(_FILE.kind)
METHODS: Final[Mapping[str, Texts]] = MappingProxyType(_FILE.method)
COLOURS: Final[Mapping[str, Texts]] = MappingProxyType(_FILE.colour)
OUTCOMES: Final[Mapping[Outcome, Texts]] = MappingProxyType(_FILE.outcome)


def reason_for_fault(fault: str, method: Method = Method.CARD) -> str:
    """The reason code for the code of a `DocumentError` or reader fault. One never heard of is `GENERIC_FAULT`."""
    return FAULTS.get(method, {}).get(fault) or FAULTS[Method.CARD].get(fault, GENERIC_FAULT)


def spoken(decision: Decision) -> tuple[str, ...]:
    """Prompt ids in the order in which they are spoken: the reason, then the next step where others may hear it."""
    advice = ADVICE[decision.advice]
    return (decision.prompt, advice.prompt) if advice.aloud else (decision.prompt,)


_CODE_SEEN = frozenset({"green", "yellow", "yellow_allowed", "yellow_refused", "red", "red_held", "red_allowed"})
_NOTHING_READ = frozenset({GENERIC_FAULT}.union(*(by_code.values() for by_code in FAULTS.values())))
_DOCUMENT_BAD = frozenset({"document_expired", "document_not_yet_valid"})
_PERSON: Final[Mapping[str, Check]] = MappingProxyType({"face_mismatch": "bad", "face_same": "ok"})
_INVITATION_GOOD = frozenset({"visit_expected", "visit_leaving", "visit_own_proof", "visit_unproven", "visit_delivery"})
_SHOWN_CODE_BAD = frozenset(
    code
    for code, reason in REASONS.items()
    if code.startswith("code_") and reason.subject == "document" and reason.outcome is not Outcome.PASS
)


def checks(decision: Decision, *, has_document: bool = True) -> dict[str, Check]:
    """The small ticks under the big word: is the document in order, and is there a valid code, of any colour? Before
    them, where faces were compared: is it the person in the portrait?

    Somebody who showed a code alone has no document here; what is wrong with that code is said by the second tick.
    """
    reasons = set(decision.reasons)
    if of_visit := {code for code in reasons if REASONS[code].subject == "visit"}:
        own = checks(replace(decision, reasons=_own(decision, of_visit)), has_document=has_document)
        # What a visitor has not shown yet is no mark against the invitation: it is said in the sentence.
        shown = {name: state for name, state in own.items() if state != "none"}
        return {"invitation": "ok" if of_visit <= _INVITATION_GOOD else "bad", **shown}
    if reasons <= _NOTHING_READ:
        return {"document": "none", "code": "none"}
    if decision.reasons[0] in _SHOWN_CODE_BAD:
        return {"document": "none", "code": "bad"}
    code: Check = "none"
    if "code_expired" in reasons:
        code = "bad"
    elif reasons & _CODE_SEEN:
        code = "ok"
    document: Check = "bad" if reasons & _DOCUMENT_BAD else "ok"
    person: dict[str, Check] = {}
    if compared := reasons & _PERSON.keys():
        person["person"] = _PERSON[compared.pop()]
    return {**person, "document": document if has_document else "none", "code": code}


def _own(decision: Decision, of_visit: set[str]) -> tuple[str, ...]:
    """What is left of the reasons without the invitation's."""
    return tuple(code for code in decision.reasons if code not in of_visit) or (GENERIC_FAULT,)


def embeddable() -> dict[str, Any]:
    """All words that a page shows, as plain dicts for JSON; the guard's explanations included."""
    wordings: dict[str, Any] = {
        code: {
            "outcome": reason.outcome.value,
            "subject": reason.subject,
            "prompt": reason.prompt,
            **{language: msgspec.to_builtins(texts) for language, texts in reason.texts.items()},
        }
        for code, reason in REASONS.items()
    }
    advice = {
        code.value: {"prompt": each.prompt, "aloud": each.aloud, **msgspec.to_builtins(each.texts)}
        for code, each in ADVICE.items()
    }
    return {
        "reason": wordings,
        "advice": advice,
        "outcome": {code.value: dict(texts) for code, texts in OUTCOMES.items()},
        "resolution": {code: {"verdict": each.verdict, **each.texts} for code, each in RESOLUTIONS.items()},
        "notice": {code: dict(texts) for code, texts in NOTICES.items()},
        "kind": {code: dict(texts) for code, texts in KINDS.items()},
        "method": {code: dict(texts) for code, texts in METHODS.items()},
        "colour": {code: dict(texts) for code, texts in COLOURS.items()},
    }
