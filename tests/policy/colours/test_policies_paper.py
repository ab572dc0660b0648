"""docs/policies.md teaches the language as it is: its example is a policy, its tables are complete."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gatepass.languages import LANGUAGES
from gatepass.policy.colours import read_policy
from gatepass.policy.colours.facts import DATA
from gatepass.policy.colours.policy import MESSAGES, PERIODS
from gatepass.policy.colours.shelf import shipped

PAPER = (Path(__file__).parents[3] / "docs" / "policies.md").read_text("utf-8")


def told(part: object) -> object:
    """The example with a text in each language where the paper has an ellipsis."""
    if isinstance(part, dict):
        return {key: dict.fromkeys(LANGUAGES, "a text") if value == "…" else told(value) for key, value in part.items()}
    return part


def test_the_example_is_a_policy_and_its_cases_come_out() -> None:
    (example,) = re.findall(r"```json policy\n(.*?)```", PAPER, re.DOTALL)
    policy = read_policy(json.dumps(told(json.loads(example))))
    assert [rule.id for rule in policy.rules] == ["fever", "not_declared"]


def test_every_kind_of_fact_is_there_with_its_fields() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \| (.*) \|$", PAPER, re.MULTILINE)
    said = {kind: (lasts == "yes", re.findall(r"`(\w+)`", fields)) for kind, lasts, fields in rows}
    assert said == {kind.value: (kind in PERIODS, list(data.__struct_fields__)) for kind, data in DATA.items()}


def test_everything_that_can_be_wrong_is_listed() -> None:
    assert (
        dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAPER.split("## What can be wrong")[1], re.MULTILINE)) == MESSAGES
    )


def test_every_shipped_policy_is_named() -> None:
    assert [name for name in shipped() if f"`{name}`" not in PAPER] == []
