"""Every limit of the centre: how many tries, in which time, in words for the alarm list.

Ten wrong numbers an hour are an elder with bad glasses; a hundred are somebody who goes through the numbers one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    within: timedelta
    words: Promise
    alarming: bool = True
    """False: passing it is clumsiness, not an attack, and nobody is woken."""


LIMITS: Final[dict[str, Limit]] = {
    "code_to_contact": Limit(5, HOUR, _("One-time codes to one telephone or mailbox"), alarming=False),
    "code_from_address": Limit(40, HOUR, _("One-time codes asked for from one network address")),
    "entry_of_contact": Limit(10, HOUR, _("Wrong one-time codes for one telephone or mailbox")),
    "entry_from_address": Limit(60, HOUR, _("Wrong one-time codes from one network address")),
    "passkey_from_address": Limit(60, HOUR, _("Failed passkey log-ins from one network address")),
    "application_of_applicant": Limit(20, DAY, _("Applications by one telephone")),
    "application_from_address": Limit(200, DAY, _("Applications from one network address")),
    "journey_of_applicant": Limit(20, DAY, _("Arrivals registered by one telephone"), alarming=False),
    "question_of_applicant": Limit(20, DAY, _("Questions by one telephone"), alarming=False),
    "question_of_gate": Limit(60, HOUR, _("Questions at one gate"), alarming=False),
    "report_of_gate": Limit(60, HOUR, _("Temperatures of people who are not in quarantine, taken down at one gate")),
    "number_of_applicant": Limit(10, HOUR, _("Document numbers tried by one telephone")),
    "number_from_address": Limit(60, HOUR, _("Document numbers tried from one network address")),
    "number_of_staff": Limit(300, HOUR, _("Document numbers looked up by one member of staff")),
    "search_of_staff": Limit(3000, HOUR, _("Searches by one member of staff"), alarming=False),
    "number_of_token": Limit(6000, HOUR, _("Document numbers asked for by one program")),
    "verify_of_token": Limit(100_000, HOUR, _("Codes verified by one program"), alarming=False),
    "webhook_of_token": Limit(120, HOUR, _("Webhooks entered, changed or tried by one program"), alarming=False),
    "invitation_from_address": Limit(30, HOUR, _("Unknown invitations tried from one network address")),
    "notice_from_address": Limit(120, HOUR, _("Release notices checked from one network address")),
    "verify_from_address": Limit(600, HOUR, _("Codes checked from one network address")),
}
