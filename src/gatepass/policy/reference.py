"""The page docs/reasons.md, made from `reasons.toml`: `python -m gatepass.policy.reference > docs/reasons.md`."""

from __future__ import annotations

from collections.abc import Iterable

from gatepass.languages import LANGUAGES, OWN_NAME
from gatepass.policy.decisions import Method
from gatepass.policy.reasons import ADVICE, FAULTS, REASONS, RESOLUTIONS

_HEAD = """# Reasons

Every answer of a gate carries at least one reason code. The first one decides what is shown and spoken; all of them are
in the passage record and on the guard's desk. This page is made from `src/gatepass/policy/reasons.toml`; a test
compares the two. After a change there: `python -m gatepass.policy.reference > docs/reasons.md`.

The *word* is read from four metres, the *sentence* tells the person what to do next; both are public and never name
a colour or a health reason. Only the *guard's* line does, on the desk. Nothing is ever refused but a colour, a shown
code that proves nothing (forged, revoked, or a picture of an earlier one) and an invitation that is not for now or not
wanted: unknown, stale, expired, another's face and unreadable are held, each with its own sentence. How several
reasons combine is written at `gatepass.policy.gate_rules.decide`; what a shown code proves, at
`gatepass.credentials.judge`.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD, "## All codes\n", _codes()]
    for code, reason in REASONS.items():
        rows = (
            (OWN_NAME[language], text.word, text.sentence, text.guard)
            for language, text in ((language, reason.texts[language]) for language in LANGUAGES)
        )
        parts += [f"## `{code}`\n", _table(("", "word", "sentence", "guard"), rows)]
    parts += ["## Faults\n", "What could not be read, by the code of the `DocumentError`. Any other code is\n"]
    parts[-1] += (
        "`document_unreadable`. A number that was typed is judged by the second column where it has an entry.\n"
    )
    typed = FAULTS[Method.TYPED]
    faults = ((f"`{code}`", f"`{reason}`", _code(typed.get(code, ""))) for code, reason in FAULTS[Method.CARD].items())
    parts.append(_table(("fault", "reason", "when typed"), faults))
    parts += ["## Advice\n", "The next step, never the reason. Spoken only where a bystander learns nothing from it.\n"]
    steps = (
        (f"`{code}`", "yes" if each.aloud else "no", each.texts["en"].sentence, each.texts["en"].guard)
        for code, each in ADVICE.items()
    )
    parts.append(_table(("advice", "aloud", "sentence", "guard"), steps))
    parts += ["## Resolutions\n", "Why a guard admitted or refused somebody who was held.\n"]
    parts.append(
        _table(
            ("code", "verdict", *(OWN_NAME[language] for language in LANGUAGES)),
            (
                (f"`{code}`", each.verdict, *(each.texts[language] for language in LANGUAGES))
                for code, each in RESOLUTIONS.items()
            ),
        )
    )
    return "\n".join(parts)


def _codes() -> str:
    return _table(
        ("code", "outcome", "about", "prompt", "advice where the centre gives none"),
        (
            (f"`{code}`", reason.outcome.value, reason.subject, f"`{reason.prompt}`", reason.advice.value)
            for code, reason in REASONS.items()
        ),
    )


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    print(page(), end="")
