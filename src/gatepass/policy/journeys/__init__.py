"""Where somebody was before they came: are all days accounted for, and was any of it an area of risk?"""

from gatepass.policy.journeys.coverage import Coverage, Gap, Overlap, StayTold, covered
from gatepass.policy.journeys.entry_rules import (
    Area,
    EntryRules,
    EntryRulesError,
    Term,
    read_entry_rules,
    shipped_entry_rules,
)
from gatepass.policy.journeys.sampling import Sampling, sampled_in_time

__all__ = [
    "Area",
    "Coverage",
    "EntryRules",
    "EntryRulesError",
    "Gap",
    "Overlap",
    "Sampling",
    "StayTold",
    "Term",
    "covered",
    "read_entry_rules",
    "sampled_in_time",
    "shipped_entry_rules",
]
