"""What is different between two versions of a policy, as a list that a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from gatepass.policy.colours.notation import written
from gatepass.policy.colours.policy import CaseOfPolicy, PolicyFile, RegionSince, Rule

What = Literal["rule", "order", "selection", "region", "reason", "text", "outcome", "term", "case"]


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is empty for what is new, `after` for what is gone."""

    what: What
    name: str
    before: str
    after: str

    @property
    def change(self) -> Literal["added", "removed", "changed"]:
        return "changed" if self.before and self.after else "added" if self.after else "removed"


def differences(before: PolicyFile, after: PolicyFile) -> list[Difference]:
    """In the order in which one would want to know: rules first, cases last. Empty where both say the same."""
    return [
        *_named("rule", _rules(before), _rules(after)),
        *_of_order(before, after),
        *_named("selection", _selections(before), _selections(after)),
        *_of_regions(before, after),
        *_named("outcome", _outcomes(before), _outcomes(after)),
        *_named("reason", _reasons(before), _reasons(after)),
        *_named("text", _texts(before), _texts(after)),
        *_named("term", _terms(before), _terms(after)),
        *_named("case", _cases(before), _cases(after)),
    ]


def _named(what: What, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name, ""), after.get(name, "")
        if one != other:
            yield Difference(what, name, one, other)


def _rules(file: PolicyFile) -> dict[str, str]:
    return {
        rule.id: f"{written(rule.when)} → {rule.reason}" + (f" ({note})" if (note := _note(rule)) else "")
        for rule in file.rules
    }


def _note(rule: Rule) -> str:
    """Its languages are compared with the other texts."""
    return rule.note if isinstance(rule.note, str) else ""


def _of_order(before: PolicyFile, after: PolicyFile) -> Iterator[Difference]:
    """The order of the rules that both have: it decides which of several reasons is given."""
    both = {rule.id for rule in before.rules} & {rule.id for rule in after.rules}
    one, other = (", ".join(rule.id for rule in file.rules if rule.id in both) for file in (before, after))
    if one != other:
        yield Difference("order", "", one, other)


def _selections(file: PolicyFile) -> dict[str, str]:
    return {
        name: each.of.value + ("" if each.where is True else f": {written(each.where)}")
        for name, each in file.selections.items()
    }


def _of_regions(before: PolicyFile, after: PolicyFile) -> Iterator[Difference]:
    for area in dict.fromkeys([*before.regions, *after.regions]):
        one, other = (
            {_region(entry): None for entry in file.regions.get(area, [])} for file in (before, after)
        )  # fmt: skip
        gone, new = [each for each in one if each not in other], [each for each in other if each not in one]
        if gone:
            yield Difference("region", area, ", ".join(gone), "")
        if new:
            yield Difference("region", area, "", ", ".join(new))


def _region(entry: str | RegionSince) -> str:
    if isinstance(entry, str):
        return entry
    since = "" if entry.since is None else entry.since.isoformat(timespec="minutes")
    until = "" if entry.until is None else entry.until.isoformat(timespec="minutes")
    return f"{entry.region} ({since} – {until})"


def _outcomes(file: PolicyFile) -> dict[str, str]:
    return {"otherwise": file.otherwise, "unjudged": file.unjudged}


def _reasons(file: PolicyFile) -> dict[str, str]:
    return {code: reason.advice.value for code, reason in file.reasons.items()}


def _texts(file: PolicyFile) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name in ("title", "summary", "objection"):
        texts |= {f"{name}, {language}": text for language, text in getattr(file, name).items()}
    for code, reason in file.reasons.items():
        for name in ("title", "why", "next"):
            texts |= {f"{code}, {name}, {language}": text for language, text in getattr(reason, name).items()}
    for rule in file.rules:
        if not isinstance(rule.note, str):
            texts |= {f"{rule.id}, note, {language}": text for language, text in rule.note.items()}
    return texts


def _terms(file: PolicyFile) -> dict[str, str]:
    return {"version": file.version, "effective_from": file.effective_from.isoformat(timespec="minutes")}


def _cases(file: PolicyFile) -> dict[str, str]:
    return {case.name: _case(case) for case in file.cases}


def _case(case: CaseOfPolicy) -> str:
    plain: Any = msgspec.to_builtins(case)
    plain.pop("name")
    return json.dumps(plain, ensure_ascii=False)
