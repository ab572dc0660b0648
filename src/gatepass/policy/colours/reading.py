"""`read_policy(text)`: a Policy, or every finding with its line. Nothing that has a finding is ever evaluated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from gatepass.languages import LANGUAGES, Language
from gatepass.policy.certlogic import CertLogicError, validate
from gatepass.policy.colours.evaluation import ColourDecision, Judge, known
from gatepass.policy.colours.facts import DATA, FactError, FactKind, check_birth, checked
from gatepass.policy.colours.lines import Places, places
from gatepass.policy.colours.policy import (
    ITEM_FIELDS,
    LARGEST,
    PERIOD_FIELDS,
    PERIODS,
    PERSON_FIELDS,
    REGION_FIELDS,
    RESERVED,
    CaseOfPolicy,
    Finding,
    Policy,
    PolicyError,
    PolicyFile,
    colour_of,
    made_ready,
    paths,
)
from gatepass.policy.decisions import Colour

Found = tuple[str, str, dict[str, str | int]]
"""Code, JSON pointer, fields."""

_INDEX: Final = re.compile(r"[0-9]+")


def read_policy(text: str | bytes) -> Policy:
    """The policy, ready to be evaluated; PolicyError with all findings otherwise. Never another exception."""
    decoded = _decoded(text)
    document = _parsed(decoded)
    where = places(decoded)
    _raise([("twice", pointer, {"key": pointer.rpartition("/")[2]}) for pointer in where.twice], where)
    file = _shaped(document, where)
    _raise([*_of_texts(file), *_of_moments(file), *_of_reasons(file), *_of_logic(file), *_of_cases(file)], where)
    policy = made_ready(file)
    _raise([*_of_guards(policy), *_of_outcomes(policy)], where)
    return policy


def _raise(found: list[Found], where: Places) -> None:
    if found:
        findings = [Finding(code, where.line(pointer), pointer, fields) for code, pointer, fields in found]
        raise PolicyError(sorted(findings, key=lambda finding: finding.line))


def _decoded(text: str | bytes) -> str:
    if len(text) > LARGEST:
        raise PolicyError([Finding("too_long", 1, "", {"most": LARGEST})])
    try:
        return text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError:
        raise PolicyError([Finding("syntax", 1, "", {"said": "not UTF-8"})]) from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise PolicyError([Finding("syntax", error.lineno, "", {"said": error.msg})]) from None
    except (RecursionError, ValueError):
        raise PolicyError([Finding("syntax", 1, "", {"said": "nested too deep, or a number too long"})]) from None


_PLACE: Final = re.compile(r" - at `(?:key in )?\$([^`]*)`$")


def _shaped(document: Any, where: Places) -> PolicyFile:
    try:
        return msgspec.convert(document, PolicyFile)
    except msgspec.ValidationError as error:
        said, place = str(error), _PLACE.search(str(error))
        pointer = re.sub(r"\.|\[", "/", place[1]).replace("]", "") if place else ""
        # msgspec writes [...] for a key of a dict: the nearest place that we can name is the dict.
        pointer = pointer.partition("/...")[0]
        said = said[: place.start()] if place else said
        raise PolicyError([Finding("shape", where.line(pointer), pointer, {"said": said})]) from None


# ---------------------------------------------------------------- what stands there


def _of_texts(file: PolicyFile) -> Iterator[Found]:
    texts: list[tuple[str, Mapping[Language, str]]] = [
        ("/title", file.title), ("/summary", file.summary), ("/objection", file.objection),
    ]  # fmt: skip
    for code, reason in file.reasons.items():
        texts += [(f"/reasons/{code}/{name}", getattr(reason, name)) for name in ("title", "why", "next")]
    texts += [
        (f"/rules/{place}/note", rule.note) for place, rule in enumerate(file.rules) if not isinstance(rule.note, str)
    ]
    for pointer, by_language in texts:
        missing = [language for language in LANGUAGES if not by_language.get(language, "").strip()]
        if missing:
            yield "language_missing", pointer, {"languages": ", ".join(missing)}


def _of_moments(file: PolicyFile) -> Iterator[Found]:
    moments: list[tuple[str, object]] = [("/effective_from", file.effective_from)]
    for name, entries in file.regions.items():
        for place, entry in enumerate(entries):
            if not isinstance(entry, str):
                pointer = f"/regions/{name}/{place}"
                moments += [(f"{pointer}/from", entry.since), (f"{pointer}/until", entry.until)]
    for place, case in enumerate(file.cases):
        moments += [(f"/cases/{place}/at", case.at), (f"/cases/{place}/valid_until", case.valid_until)]
    for pointer, moment in moments:
        if isinstance(moment, datetime) and moment.utcoffset() is None:
            yield "moment_zone", pointer, {}


def _of_reasons(file: PolicyFile) -> Iterator[Found]:
    for name, code in (("otherwise", file.otherwise), ("unjudged", file.unjudged)):
        if code not in file.reasons:
            yield "reason_unknown", f"/{name}", {"reason": code}
        if colour_of(code) is Colour.RED:
            yield "reason_strict", f"/{name}", {"reason": code}
    if colour_of(file.unjudged) is Colour.GREEN:
        yield "reason_green", "/unjudged", {"reason": file.unjudged}
    yield from _of_rules(file)
    given = {file.otherwise, file.unjudged, *(rule.reason for rule in file.rules)}
    for code in file.reasons:
        if code not in given:
            yield "reason_unused", f"/reasons/{code}", {"reason": code}


def _of_rules(file: PolicyFile) -> Iterator[Found]:
    seen: set[str] = set()
    mildest = "A"
    for place, rule in enumerate(file.rules):
        pointer = f"/rules/{place}"
        if rule.id in seen:
            yield "rule_twice", f"{pointer}/id", {"rule": rule.id}
        if rule.reason not in file.reasons:
            yield "reason_unknown", f"{pointer}/reason", {"reason": rule.reason}
        if rule.reason[0] < mildest:
            yield "rule_order", f"{pointer}/reason", {"rule": rule.id, "reason": rule.reason}
        seen.add(rule.id)
        mildest = max(mildest, rule.reason[0])


def _of_logic(file: PolicyFile) -> Iterator[Found]:
    read: set[str] = set()
    for name, each in file.selections.items():
        pointer = f"/selections/{name}"
        if name in RESERVED:
            yield "name_reserved", pointer, {"name": name}
        yield from _malformed(each.where, f"{pointer}/where")
        if not validate(each.where):
            for path, place in _read_paths(each.where):
                yield from _of_item_path(path, path.split("."), each.of, f"{pointer}/where{place}")
    for number, rule in enumerate(file.rules):
        pointer = f"/rules/{number}/when"
        yield from _malformed(rule.when, pointer)
        if not validate(rule.when):
            for path, inside in _read_paths(rule.when):
                read.add(path.partition(".")[0])
                yield from _of_rule_path(file, path, f"{pointer}{inside}")
    for name in file.selections:
        if name not in read and name not in RESERVED:
            yield "selection_unused", f"/selections/{name}", {"name": name}


def _malformed(logic: Any, pointer: str) -> Iterator[Found]:
    for issue in validate(logic):
        yield "logic", f"{pointer}{issue.where}", {"said": issue.message, "issue": issue.code, **issue.fields}


def _read_paths(logic: Any) -> list[tuple[str, str]]:
    """Without what a fold reads of its own items, which only the fold knows."""
    return [
        (path, place) for path, place in paths(logic) if path.partition(".")[0] not in {"current", "accumulator", ""}
    ]


def _of_rule_path(file: PolicyFile, path: str, pointer: str) -> Iterator[Found]:
    first, *rest = path.split(".")
    if first == "now" and not rest:
        return
    if first == "person":
        if rest not in [[name] for name in PERSON_FIELDS]:
            known_fields = ", ".join(sorted(PERSON_FIELDS))
            yield "path_field", pointer, {"path": path, "kind": first, "field": ".".join(rest), "known": known_fields}
    elif first not in file.selections:
        names = ", ".join([*file.selections, *sorted(RESERVED)])
        yield "path_unknown", pointer, {"path": path, "name": first, "known": names}
    elif rest and not _INDEX.fullmatch(rest[0]):
        yield "path_place", pointer, {"path": path, "name": first}
    elif len(rest) > 1:
        yield from _of_item_path(path, rest[1:], file.selections[first].of, pointer)


def _of_item_path(path: str, fields: list[str], kind: FactKind, pointer: str) -> Iterator[Found]:
    there = fields_of(kind)
    if fields[0] not in there:
        yield "path_field", pointer, {
            "path": path, "kind": kind.value, "field": fields[0], "known": ", ".join(sorted(there)),
        }  # fmt: skip


def fields_of(kind: FactKind) -> frozenset[str]:
    """What rules can read of a fact of this kind."""
    fields = frozenset(each.name for each in msgspec.structs.fields(DATA[kind])) | ITEM_FIELDS
    if kind in PERIODS:
        fields |= PERIOD_FIELDS
    return fields | REGION_FIELDS if kind in {FactKind.STAY, FactKind.ARRIVAL} else fields


# ---------------------------------------------------------------- what comes out


def _of_cases(file: PolicyFile) -> Iterator[Found]:
    for place, case in enumerate(file.cases):
        pointer = f"/cases/{place}"
        try:
            if case.birth:
                check_birth(case.birth)
        except FactError as error:
            yield "fact", f"{pointer}/birth", {"field": error.field}
        for number, fact in enumerate(case.facts):
            try:
                checked(fact.kind, fact.at, fact.until, fact.data)
            except FactError as error:
                yield "fact", f"{pointer}/facts/{number}", {"field": error.field or error.code}


def _of_guards(policy: Policy) -> Iterator[Found]:
    """A rule must bear that there is no such fact: most people have hardly any."""
    nobody: dict[str, Any] = {chosen.name: [] for chosen in policy.selections}
    nobody |= {"person": {"age": None, "age_known": False}, "now": "2020-02-11T00:00:00.000Z"}
    for place, rule in enumerate(policy.rules):
        try:
            rule.when.holds(nobody)
        except CertLogicError as error:
            yield "rule_unguarded", f"/rules/{place}/when{error.where}", {"rule": rule.id}


def _of_outcomes(policy: Policy) -> Iterator[Found]:
    decided: set[str] = set()
    for place, case in enumerate(policy.file.cases):
        decision = outcome(policy, case)
        decided.add(decision.rule)
        yield from _of_outcome(case, decision, f"/cases/{place}")
    for place, rule in enumerate(policy.rules):
        if rule.id not in decided:
            yield "rule_untried", f"/rules/{place}/id", {"rule": rule.id}


def outcome(policy: Policy, case: CaseOfPolicy) -> ColourDecision:
    """What comes out for a case; its facts are checked, so that defaults are filled in."""
    facts = [known(checked(each.kind, each.at, each.until, each.data)) for each in case.facts]
    return Judge(policy, case.at).decide(case.birth, facts)


def _of_outcome(case: CaseOfPolicy, decision: ColourDecision, pointer: str) -> Iterator[Found]:
    if decision.faults:
        yield "case_fault", pointer, {"rule": decision.faults[0]}
    elif decision.reason != case.reason:
        rule = decision.rule or "otherwise"
        yield "case_reason", f"{pointer}/reason", {"got": decision.reason, "rule": rule, "wanted": case.reason}
    elif case.rule is not None and case.rule != decision.rule:
        yield "case_rule", f"{pointer}/rule", {
            "got": decision.rule or "otherwise", "wanted": case.rule or "otherwise",
        }  # fmt: skip
    elif case.valid_until is not msgspec.UNSET and case.valid_until != decision.valid_until:
        got, wanted = (
            "further notice" if moment is None else moment.astimezone(case.at.tzinfo).isoformat()
            for moment in (decision.valid_until, case.valid_until)
        )  # fmt: skip
        yield "case_until", f"{pointer}/valid_until", {"got": got, "wanted": wanted}
