"""What a run has found: how many change from which colour to which, for which reason, with a few examples each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from gatepass.centre.policies.judging import Judgement

EXAMPLES: Final = 20
"""Of each transition, by primary key only: names are looked up, masked, when somebody looks."""

Transition = tuple[str, str, str, str, int]
"""Colour and reason before ("" for none), colour and reason after, version."""


@dataclass(slots=True)
class Report:
    people: int = 0
    """Residents who were judged."""
    by_hand: int = 0
    """Of them, those about whom a person has decided: they stay."""
    same: int = 0
    """Of them, those whose colour, reason and next step stay as they are."""
    transitions: Counter[Transition] = field(default_factory=Counter)
    examples: dict[Transition, list[int]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    """Rule or selection that could not be evaluated -> for how many."""

    def note(self, judgement: Judgement) -> None:
        self.people += 1
        decision, held = judgement.decision, judgement.held
        if decision is None:
            self.by_hand += 1
            return
        self.faults.update(decision.faults)
        if not judgement.changes:
            self.same += 1
            return
        before = ("", "") if held is None else (held.colour, held.reason)
        transition = (*before, decision.colour.value, decision.reason, judgement.version)
        self.transitions[transition] += 1
        examples = self.examples.setdefault(transition, [])
        if len(examples) < EXAMPLES:
            examples.append(judgement.resident)

    def add(self, other: Report) -> None:
        """What another process has found."""
        self.people += other.people
        self.by_hand += other.by_hand
        self.same += other.same
        self.transitions.update(other.transitions)
        self.faults.update(other.faults)
        for transition, residents in other.examples.items():
            mine = self.examples.setdefault(transition, [])
            mine.extend(residents[: EXAMPLES - len(mine)])

    def as_json(self) -> dict[str, Any]:
        lines = sorted(self.transitions.items(), key=lambda line: (-line[1], line[0]))
        return {
            "people": self.people,
            "by_hand": self.by_hand,
            "same": self.same,
            "transitions": [
                {"from": [colour, reason], "to": [to_colour, to_reason], "version": version, "count": count,
                 "examples": self.examples.get((colour, reason, to_colour, to_reason, version), [])}
                for (colour, reason, to_colour, to_reason, version), count in lines
            ],
            "faults": dict(self.faults),
        }  # fmt: skip
