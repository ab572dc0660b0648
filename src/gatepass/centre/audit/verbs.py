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
    "resident:change": _("Changed a resident"),
    "resident:add_document": _("Added a document"),
    "resident:retire_document": _("Retired a document"),
    "resident:set_phones": _("Changed a resident's telephones"),
    "resident:merge": _("Merged two residents"),
    "resident:unmerge": _("Parted two merged residents"),
    "household:found": _("Founded a household"),
    "household:change": _("Changed a household"),
    "household:move": _("Moved somebody between households"),
    "household:set_relations": _("Changed who is what in a household"),
    "place:enter": _("Entered addresses"),
    "place:rename": _("Renamed an address"),
    "place:remove": _("Removed an address"),
    "photo:consent": _("Recorded a consent to a photo"),
    "photo:keep": _("Stored a photo"),
    "photo:withdraw": _("Erased a photo, its consent being withdrawn"),
    "protected:protect": _("Put a resident under protection"),
    "protected:lift": _("Ended a resident's protection"),
    "protected:open": _("Opened a protected resident"),
    "protected:see": _("Saw protected residents in a list"),
    "protected:try_number": _("Typed the number of a protected resident"),
    "passages:export": _("Exported passages"),
    "passages:forget": _("Erased a day's passages"),
    "fact:record": _("Recorded a fact"),
    "fact:import": _("Recorded a list of facts"),
    "fact:end": _("Ended a fact"),
    "fact:withdraw": _("Withdrew a fact"),
    "alarm:raise": _("An alarm began"),
    "alarm:clear": _("Cleared an alarm"),
    "message:send_again": _("Sent a message again"),
    "applicant:create": _("A resident came in for the first time"),
    "applicant:change": _("A resident changed the own name"),
    "visit:begin": _("A resident logged in"),
    "visit:end": _("A resident logged out"),
    "passkey:add": _("A resident added a passkey"),
    "passkey:drop": _("A resident removed a passkey"),
    "code:set_colour": _("Changed a colour"),
    "code:import": _("Imported colours"),
    "code:expire": _("Colours ran out"),
}


def in_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))
