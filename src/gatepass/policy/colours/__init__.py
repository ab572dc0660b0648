"""Colour policies: data in CertLogic that make a colour, a reason and a next step of the facts about a person.

    read_policy(text)               a Policy, or a PolicyError with every finding and its line
    evaluate(policy, facts, at)     ColourDecision: colour, reason, advice, rule, until when it stands
    Judge(policy, at)               the same for many people at one moment
    read_facts(json), checked(…)    facts about a person, typed by kind
    shipped()                       the policies that come with gatepass

The form of a policy is at `colours.policy`, that of facts at `colours.facts`; docs/policies.md teaches both.
"""

from gatepass.policy.colours.evaluation import SEVERITY, ColourDecision, Judge, evaluate
from gatepass.policy.colours.facts import Fact, FactError, FactKind, Facts, checked, checked_data, read_facts
from gatepass.policy.colours.policy import Finding, Policy, PolicyError, PolicyFile, colour_of
from gatepass.policy.colours.reading import read_policy
from gatepass.policy.colours.shelf import shipped

__all__ = [
    "SEVERITY",
    "ColourDecision",
    "Fact",
    "FactError",
    "FactKind",
    "Facts",
    "Finding",
    "Judge",
    "Policy",
    "PolicyError",
    "PolicyFile",
    "checked",
    "checked_data",
    "colour_of",
    "evaluate",
    "read_facts",
    "read_policy",
    "shipped",
]
