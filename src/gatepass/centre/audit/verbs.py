"""Each verb of the audit in words, for the page. A test compares this list with the calls of `record` in the code."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: Final[dict[str, Promise]] = {
    "session:log_in": _("Logged in"),
    "staff:create": _("Created a staff account"),
    "staff:change": _("Changed a staff account"),
    "staff:activate": _("Reactivated a staff account"),
    "staff:deactivate": _("Deactivated a staff account"),
    "staff:reset_password": _("Issued a one-time password"),
    "staff:set_own_password": _("Changed the own password"),
    "audit:export": _("Exported the audit"),
    "community:create": _("Created a community"),
    "site:create": _("Created a site"),
    "gate:create": _("Created a gate"),
    "gate:set_rules": _("Changed the rules of a gate"),
    "gate:issue_enrolment_code": _("Issued an enrolment code"),
    "device:enrol": _("Enrolled a device"),
    "device:revoke": _("Revoked a device"),
    "resident:register": _("Registered a resident"),
    "resident:import": _("Imported residents"),
    "resident:view": _("Opened a resident's page"),
    "resident:export": _("Exported residents"),
    "passages:export": _("Exported passages"),
    "passages:forget": _("Erased a day's passages"),
    "fact:record": _("Recorded a fact"),
    "fact:import": _("Recorded a list of facts"),
    "fact:end": _("Ended a fact"),
    "fact:withdraw": _("Withdrew a fact"),
    "code:set_colour": _("Changed a colour"),
    "code:import": _("Imported colours"),
    "code:expire": _("Colours ran out"),
}


def in_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))
