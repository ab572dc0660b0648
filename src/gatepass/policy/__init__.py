"""What follows? From what is presented and what is known, to pass, hold or refuse, with reasons in five languages."""

from gatepass.policy.decisions import (
    Advice,
    Colour,
    Decision,
    Face,
    FaceRule,
    Knowledge,
    Method,
    Outcome,
    Presentation,
    SiteRules,
    Status,
)
from gatepass.policy.gate_rules import decide
from gatepass.policy.invitations import Invited, ShownInvitation, Standing, VisitKind

__all__ = [
    "Advice",
    "Colour",
    "Decision",
    "Face",
    "FaceRule",
    "Invited",
    "Knowledge",
    "Method",
    "Outcome",
    "Presentation",
    "ShownInvitation",
    "SiteRules",
    "Standing",
    "Status",
    "VisitKind",
    "decide",
]
