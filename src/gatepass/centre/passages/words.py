"""Codes of the log in words for staff: the same words that the guard's desk uses (`policy/reasons.toml`); the zone."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language, gettext, ngettext

from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from gatepass.policy import Method, Outcome
from gatepass.policy.reasons import KINDS, METHODS, OUTCOMES, REASONS, RESOLUTIONS

_BY_DJANGO = {language.lower(): language for language in LANGUAGES}


def active_language() -> Language:
    return _BY_DJANGO.get(get_language() or "", DEFAULT_LANGUAGE)


def outcome_word(outcome: Outcome, language: Language) -> str:
    return OUTCOMES[outcome][language]


def document_word(document: str, method: Method, language: Language) -> str:
    """What was laid down; the method where nothing could be read, and for a number that was typed."""
    if method is Method.TYPED or document not in KINDS:
        return METHODS[method][language]
    return KINDS[document][language]


def reason_words(reasons: tuple[str, ...], language: Language) -> str:
    """Why, for staff. A code of a newer gate that this centre does not know stands as it is."""
    words = []
    for code in reasons:
        if code in REASONS:
            words.append(REASONS[code].texts[language].guard)
        elif code in RESOLUTIONS:
            words.append(RESOLUTIONS[code].texts[language])
        else:
            words.append(code)
    return " ".join(words)


def how_long(milliseconds: int) -> str:
    """1 min 10 s."""
    seconds = max(0, milliseconds) // 1000
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return gettext("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": seconds % 60}


def zone_name(moment: datetime) -> str:
    """The zone as people say it; empty where we have no name for it."""
    known = {
        "Asia/Shanghai": gettext("China Standard Time"),
        "Asia/Taipei": gettext("Taipei time"),
        "Asia/Hong_Kong": gettext("Hong Kong time"),
        "Asia/Seoul": gettext("Korea Standard Time"),
        "Asia/Tokyo": gettext("Japan Standard Time"),
    }
    return known.get(getattr(moment.tzinfo, "key", ""), "")


def zone_word(moment: datetime) -> str:
    """The zone as people say it: its name where we have one, else its distance from UTC."""
    return zone_name(moment) or f"UTC{moment:%z}"
