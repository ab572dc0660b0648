"""A colour policy: a JSON file that says which facts make which colour, why, and what the person does next.

    {"format": 1, "policy": "community-2020", "version": "2020.3", "effective_from": "2020-02-11T00:00:00+08:00",
     "title": {…five languages}, "summary": {…}, "objection": {…},
     "regions":    {"high": ["42", {"region": "330102", "from": "2020-02-01T00:00:00+08:00"}]},
     "selections": {"positives": {"of": "test", "where": {"===": [{"var": "result"}, "positive"]}}},
     "reasons":    {"A3": {"advice": "stay_home", "title": {…}, "why": {…}, "next": {…}}},
     "rules":      [{"id": "positive_test", "reason": "A3",
                     "when": {"and": [{"var": "positives.0"}, {"<=": [{"var": "positives.0.days_ago"}, 13]}]}}],
     "otherwise": "C", "unjudged": "B6",
     "cases": [{"name": "…", "at": "2020-02-20T12:00:00+08:00", "facts": [], "reason": "C"}]}

The letter of a reason is its colour: A red, B yellow, C green. Rules stand from A to C, and the first that holds gives
the reason; where none does, `otherwise`. Where a rule cannot be evaluated, the person gets `unjudged` unless a stricter
rule holds: somebody looks. `cases` are part of the policy: a version whose cases do not come out is refused.

`read_policy` gives a Policy, or a PolicyError with every finding and its line. docs/policies.md teaches the language.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from gatepass.languages import Language
from gatepass.policy.certlogic import CertLogicError, Program, compiled
from gatepass.policy.colours.facts import Fact, FactKind, Region
from gatepass.policy.decisions import Advice, Colour

LARGEST: Final = 512 * 1024
"""Bytes of a file. The longest shipped policy has a tenth of it."""

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ReasonCode = Annotated[str, msgspec.Meta(pattern=r"^([AB][1-9]|C)$")]
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
Texts = dict[Language, Sentence]

_COLOURS: Final = {"A": Colour.RED, "B": Colour.YELLOW, "C": Colour.GREEN}
PERIODS: Final = frozenset({FactKind.STAY, FactKind.CASE, FactKind.QUARANTINE, FactKind.ROLE, FactKind.EXEMPTION})
"""Kinds that last: they have an end, or go on."""
RESERVED: Final = frozenset({"person", "now"})
PERSON_FIELDS: Final = frozenset({"age", "age_known"})
ITEM_FIELDS: Final = frozenset({"at", "days_ago", "hours_ago"})
PERIOD_FIELDS: Final = frozenset({"until", "open", "ended_days_ago"})
REGION_FIELDS: Final = frozenset({"area"})


class RegionSince(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A region that belongs to an area for a time only; who was there before or after was elsewhere."""

    region: Region
    since: datetime | None = None
    until: datetime | None = None


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of one kind that matter, newest first, under the name by which rules read them."""

    of: FactKind
    where: Any = True
    """CertLogic over one fact: its data, `days_ago`, `hours_ago`, and for what lasts `open` and `ended_days_ago`."""


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    advice: Advice
    title: Texts
    """A few words for staff and lists."""
    why: Texts
    """To the person: why, in plain words."""
    next: Texts
    """To the person: what to do next."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Name
    reason: ReasonCode
    when: Any
    """CertLogic over the selections, `person` and `now`."""
    note: Texts | str = ""
    """For whoever reads the policy: the order or the paragraph behind the rule. In five languages, or one for all."""

    def note_in(self, language: Language) -> str:
        return self.note if isinstance(self.note, str) else self.note[language]


class CaseOfPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must come out."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    at: datetime
    reason: ReasonCode
    rule: str | None = None
    """The rule that must have decided; "" for `otherwise`. Left out: any."""
    valid_until: datetime | msgspec.UnsetType | None = msgspec.UNSET
    """When the answer may change by itself; null: never. Left out: not looked at."""
    birth: str = ""
    facts: tuple[Fact, ...] = ()


class PolicyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is written."""

    format: Literal[1]
    policy: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    effective_from: datetime
    """Not to be used for the time before."""
    title: Texts
    summary: Texts
    objection: Texts
    """To the person: how to object."""
    reasons: dict[ReasonCode, Reason]
    rules: Annotated[list[Rule], msgspec.Meta(min_length=1, max_length=200)]
    otherwise: ReasonCode
    unjudged: ReasonCode
    cases: Annotated[list[CaseOfPolicy], msgspec.Meta(min_length=1, max_length=1000)]
    regions: dict[Name, list[Region | RegionSince]] = {}
    selections: dict[Name, Selection] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file. `code` is stable and has its words at the centre; `message` is English."""

    code: str
    line: int
    """From 1."""
    where: str = ""
    """JSON pointer (RFC 6901)."""
    fields: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return MESSAGES[self.code].format(**self.fields)


MESSAGES: Final[dict[str, str]] = {
    "too_long": "the file is longer than {most} bytes",
    "syntax": "this is no JSON: {said}",
    "twice": "the key {key} stands here twice",
    "shape": "{said}",
    "language_missing": "this text is missing in: {languages}",
    "moment_zone": "a moment needs its offset, for example 2020-02-11T00:00:00+08:00",
    "name_reserved": "{name} cannot be the name of a selection: rules read something else by it",
    "logic": "{said}",
    "path_unknown": "{path}: there is no selection {name}; a rule reads {known}",
    "path_place": "{path}: a selection is a list; write {name}.0 for its newest fact",
    "path_field": "{path}: {kind} has no {field}; it has {known}",
    "rule_twice": "two rules are called {rule}",
    "rule_order": "rule {rule} gives {reason} and stands below a milder one; rules go from A to B to C",
    "rule_unguarded": "rule {rule} fails for somebody of whom nothing is known; ask for the fact itself first",
    "reason_unknown": "the reason {reason} is not in the table of reasons",
    "reason_unused": "no rule gives the reason {reason}",
    "reason_green": "{reason} is green: who cannot be judged must not be let through unseen",
    "reason_strict": "{reason} is red: nobody is red for what is not known of them",
    "selection_unused": "no rule reads the selection {name}",
    "fact": "the fact is not of its kind: {field}",
    "case_reason": "the case gives {got} by {rule}, not {wanted}",
    "case_rule": "the case is decided by {got}, not by {wanted}",
    "case_until": "the case holds until {got}, not until {wanted}",
    "case_fault": "a rule cannot be evaluated in this case: {rule}",
    "rule_untried": "no case is decided by the rule {rule}",
}
"""Code -> what it says, in English."""


class PolicyError(ValueError):
    """The text is no policy. `findings` says everything that is wrong, by line."""

    def __init__(self, findings: list[Finding]) -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"line {first.line}: {first.message}{more}")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection made ready."""

    name: str
    kind: FactKind
    where: Program | None
    """None: every fact of the kind."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule made ready."""

    id: str
    reason: str
    colour: Colour
    when: Program
    reads: frozenset[str]
    """The selections that it reads."""
    of_nobody: bool | None
    """Whether it holds where all of these are empty, as most are for most people; None where it reads more."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy made ready to be evaluated; share it between threads as you like."""

    file: PolicyFile
    selections: tuple[Chosen, ...]
    rules: tuple[Judged, ...]
    fields: frozenset[str]
    """The last parts of all paths that its expressions read: what nobody reads need not be counted."""

    @property
    def name(self) -> str:
        return f"{self.file.policy} {self.file.version}"

    def reason(self, code: str) -> Reason:
        return self.file.reasons[code]

    def texts(self, code: str, language: Language) -> dict[str, str]:
        """`title`, `why`, `next` and `objection` of a reason in one language."""
        reason = self.file.reasons[code]
        return {
            "title": reason.title[language],
            "why": reason.why[language],
            "next": reason.next[language],
            "objection": self.file.objection[language],
        }


def colour_of(reason: str) -> Colour:
    """The letter of a reason is its colour."""
    return _COLOURS[reason[0]]


def made_ready(file: PolicyFile) -> Policy:
    """For a file without findings."""
    selections = tuple(
        Chosen(name, each.of, None if each.where is True else compiled(each.where))
        for name, each in file.selections.items()
    )
    rules = tuple(_judged(rule) for rule in file.rules)
    expressions = [each.where for each in file.selections.values()] + [rule.when for rule in file.rules]
    fields = frozenset(path.rpartition(".")[2] for logic in expressions for path, _where in paths(logic))
    return Policy(file, selections, rules, fields)


def _judged(rule: Rule) -> Judged:
    when = compiled(rule.when)
    roots = frozenset(path.partition(".")[0] for path, _where in paths(rule.when))
    reads = roots - RESERVED - {"current", "accumulator"}
    of_nobody: bool | None = None
    if not roots & (RESERVED | {""}):
        # Whoever has none of these facts is nobody to this rule: no need to evaluate it for each of them.
        with contextlib.suppress(CertLogicError):
            of_nobody = when.holds({name: [] for name in reads})
    return Judged(rule.id, rule.reason, colour_of(rule.reason), when, reads, of_nobody)


def paths(logic: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Each path that a well-formed expression reads with `var`, and its place. What a fold reads is left out."""
    if isinstance(logic, list):
        for place, item in enumerate(logic):
            yield from paths(item, f"{where}/{place}")
    elif isinstance(logic, dict):
        name, operands = next(iter(logic.items()))
        if name == "var":
            yield operands, where
        else:
            yield from paths(operands, f"{where}/{name}")
