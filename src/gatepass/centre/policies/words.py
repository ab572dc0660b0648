"""What is wrong in a policy file, and what is different in another one, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.policy.colours import Finding

FINDINGS: Final[dict[str, Promise]] = {
    "too_long": _("The file is longer than {most} bytes."),
    "syntax": _("This is no JSON: {said}. Look for a missing comma, quote or bracket here or in the line before."),
    "twice": _("The key {key} stands here twice. Keep one of the two."),
    "shape": _("This does not belong here: {said}"),
    "language_missing": _("This text is missing in: {languages}."),
    "moment_zone": _("A moment needs its offset, for example 2020-02-11T00:00:00+08:00."),
    "name_reserved": _("A selection cannot be called {name}: rules read something else by that name."),
    "path_unknown": _("{path}: there is no selection {name}. A rule can read {known}."),
    "path_place": _("{path}: a selection is a list. Write {name}.0 for its newest fact."),
    "path_field": _("{path}: {kind} has no {field}. It has {known}."),
    "rule_twice": _("Two rules are called {rule}. Give each a name of its own."),
    "rule_order": _("The rule {rule} gives {reason} and stands below a milder one. Rules go from A to B to C."),
    "rule_unguarded": _(
        "The rule {rule} fails for somebody of whom nothing is known. Ask first whether there is such a fact."
    ),
    "reason_unknown": _("The reason {reason} is not in the table of reasons. Add it there with its texts."),
    "reason_unused": _("No rule gives the reason {reason}. Remove it, or the rule is missing."),
    "reason_green": _("{reason} is green. Who cannot be judged must not be let through unseen: choose a yellow one."),
    "reason_strict": _("{reason} is red. Nobody is red for what is not known of them: choose a milder one."),
    "selection_unused": _("No rule reads the selection {name}. Remove it, or the rule is missing."),
    "fact": _("This fact is not of its kind. Look at: {field}."),
    "case_reason": _("The case gives {got} by {rule}, not {wanted}. Correct the rule or the case."),
    "case_rule": _("The case is decided by {got}, not by {wanted}."),
    "case_until": _("The case holds until {got}, not until {wanted}."),
    "case_fault": _("A rule cannot be evaluated in this case: {rule}."),
    "rule_untried": _("No case is decided by the rule {rule}. Write one."),
}

ISSUES: Final[dict[str, Promise]] = {
    "literal_null": _("null cannot be written in a rule. Read a missing value with var."),
    "literal_fraction": _("{number} is no whole number. Write whole numbers only."),
    "literal_unknown": _("A rule cannot have such a value."),
    "object_keys": _("An operation is an object with exactly one key; this one has {count}."),
    "operation_unknown": _("There is no operation {operation}."),
    "operands_missing": _("{operation} wants its operands in square brackets."),
    "operands_count": _("{operation} wants {wanted} operands and has {count}."),
    "var_path": _("var wants a path in quotes, for example positives.0.days_ago."),
    "var_path_form": _("The path {path} has an empty part between its dots."),
    "plus_time_amount": _("The second operand of plusTime, how many, must be a whole number."),
    "plus_time_unit": _("The third operand of plusTime must be year, month, day or hour."),
    "uvci_index": _("The second operand of extractFromUVCI, which fragment, must be a whole number."),
    "too_deep": _("Operations are nested deeper than {most}."),
    "too_large": _("The rule has more than {most} parts."),
}

DIFFERENCES: Final[dict[str, Promise]] = {
    "rule": _("Rule"),
    "order": _("Order of the rules"),
    "selection": _("Selection of facts"),
    "region": _("Area"),
    "outcome": _("Where no rule holds"),
    "reason": _("Next step of a reason"),
    "text": _("Text"),
    "term": _("Version and first day"),
    "case": _("Case"),
}


def said(finding: Finding) -> str:
    """A finding as a sentence."""
    if finding.code == "logic":
        return str(ISSUES[str(finding.fields["issue"])]).format(**finding.fields)
    return str(FINDINGS[finding.code]).format(**finding.fields)
