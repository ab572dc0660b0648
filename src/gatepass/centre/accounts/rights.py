"""Every right in a sentence: what the page of rights shows, and a test compares with `roles.py`.

A right is a set of url names that the same roles open, within the same bounds, said so that a mayor or a lawyer can
read it. Whoever adds a url name to a role adds it to a right here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.roles import ALLOWED, TOWN_ONLY, Role


@dataclass(frozen=True, slots=True)
class Right:
    words: Promise
    names: tuple[str, ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, names in ALLOWED.items() if self.names[0] in names)

    @property
    def town_only(self) -> bool:
        return self.names[0] in TOWN_ONLY


@dataclass(frozen=True, slots=True)
class Chapter:
    words: Promise
    rights: tuple[Right, ...]


CHAPTERS: Final[tuple[Chapter, ...]] = (
    Chapter(
        _("Gates and passages"),
        (
            Right(_("See the figures of today"), ("board",)),
            Right(_("See statistics and daily reports, export and print them"), roles.INSIGHTS),
            Right(_("See and export single passages"), ("passages", "passages_export")),
            Right(_("See gates, devices and the plan of the sites"), roles.GATES),
            Right(_("Let a gate's terminal flash and beep, to find it"), roles.FIND),
            Right(_("Set up sites and gates, change their rules, enrol and revoke devices"), (
                *(name for name in roles.EQUIP if name != "community_create"),
            )),
            Right(_("Open a new community"), ("community_create",)),
            Right(_("See alarms and export them"), roles.ALARMS),
            Right(_("Take on alarms and close them"), roles.ALARM_WORK),
        ),
    ),
    Chapter(
        _("Residents"),
        (
            Right(_("Find residents and open their pages; each opened page is on record"), roles.RESIDENTS),
            Right(_("Export residents, households and addresses; each export is on record"), roles.RESIDENTS_OUT),
            Right(
                _("Register residents; change their facts, documents, household, photo and protection"),
                roles.REGISTER,
            ),
            Right(_("See households and addresses"), (*roles.HOUSEHOLDS, *roles.PLACES)),
            Right(_("Enter addresses and remove them"), ("place_enter", "place_remove")),
            Right(_("Merge entries that are one person, and part them again"), roles.MERGES),
            Right(_("Bring in lists from spreadsheets, and take them back"), roles.IMPORTS),
            Right(_("See what is known of a resident that a colour may depend on"), roles.FACTS),
            Right(_("End or withdraw such facts, and let the policy decide again"), roles.FACT_WORK),
            Right(_("Give a colour by hand"), ("resident_colour",)),
            Right(_("Declare for a resident, say who acts for them, print paper codes and void them"), roles.CARE),
        ),
    ),
    Chapter(
        _("Visitors"),
        (
            Right(_("See and export who is inside as a visitor and who was, and note that they left"), roles.VISITORS),
            Right(_("Invite visitors for a resident, and take invitations back"), roles.INVITE),
        ),
    ),
    Chapter(
        _("Languages: rosters and volunteers"),
        (
            Right(_("See and export who is on duty for which language, and where nobody is"), roles.ROSTER),
            Right(_("Enter shifts, absences and extra duties, and say when somebody is needed"), roles.ROSTER_WORK),
            Right(_("See the own duty, offer it, take over a colleague's, be away, leave notes"), roles.DUTY),
            Right(
                _("Answer the calls that ring for oneself, talk, register the person in the call, note the outcome"),
                roles.CALLS,
            ),
            Right(
                _("See and export calls for an interpreter, and set the telephone lines of the languages"),
                roles.CALL_LIST,
            ),
            Right(_("Confirm volunteers, ask them for help, see and export what they gave"), roles.VOLUNTEERS),
        ),
    ),
    Chapter(
        _("Applications and objections"),
        (
            Right(_("See applications for a code"), roles.APPLICATIONS),
            Right(_("Decide applications"), ("application_decide",)),
            Right(_("See objections to a colour and answer them"), roles.APPEALS),
        ),
    ),
    Chapter(
        _("Quarantine"),
        (
            Right(
                _("See who is in quarantine, open cases, print the order, change the period, write down how it was "
                  "explained, and give them up for a reason; each opened case is on record"),
                roles.QUARANTINE,
            ),
            Right(
                _("Release from quarantine where the criteria hold, confirm what a colleague asked for, print the "
                  "notice and revoke it"),
                roles.RELEASES,
            ),
            Right(
                _("Write a temperature down that was measured at the gate; it is not said whether the person is in "
                  "quarantine"),
                roles.AT_THE_GATE,
            ),
        ),
    ),
    Chapter(
        _("Arrivals"),
        (
            Right(
                _("See who is expected from abroad and who has come; a grid worker sees those of her companies"),
                roles.ARRIVALS,
            ),
            Right(_("Register an arrival for somebody, with their consent"), roles.ARRIVAL_ENTER),
            Right(
                _("Acknowledge registrations, say who has come, look at tests and certificates"), roles.ARRIVAL_WORK
            ),
            Right(_("See how far surveys of who is away are, as figures"), roles.SURVEYS),
            Right(_("Begin a survey, remind, close it"), roles.SURVEY_MAKE),
            Right(_("See the people of a survey, answer for them, export them"), roles.SURVEY_WORK),
        ),
    ),
    Chapter(
        _("Tracing"),
        (
            Right(
                _("Open and confirm tracing cases; behind a confirmed one, while it is open: count and list contacts, "
                  "be told names for a reason, export; each look is on record"),
                roles.TRACING,
            ),
        ),
    ),
    Chapter(
        _("Privacy"),
        (
            Right(_("Read and export why each field is kept, and for how long"), roles.INVENTORY),
            Right(
                _("Answer what residents ask about their own data, and give a resident what is held about them"),
                roles.REQUESTS,
            ),
            Right(_("See and export what was forgotten and who was erased"), roles.RECEIPTS),
        ),
    ),
    Chapter(
        _("Companies"),
        (
            Right(
                _("See companies, their people, permits and monthly confirmations; a grid worker sees only those to "
                  "which she is appointed"),
                roles.COMPANIES,
            ),
            Right(_("Appoint grid workers to companies"), roles.APPOINT),
        ),
    ),
    Chapter(
        _("Notices"),
        (
            Right(_("Read notices, print posters, hear them, see which languages are missing"), roles.NOTICES),
            Right(
                _("Write notices in the granted languages, and review those that somebody else wrote"),
                roles.NOTICE_WORDS,
            ),
            Right(
                _("Begin notices, make them public and withdraw them, show them on screens, send them to groups"),
                roles.NOTICE_WORK,
            ),
        ),
    ),
    Chapter(
        _("Questions"),
        (
            Right(
                _("See what residents ask in the granted languages, take it, answer it, give it on; export the "
                  "figures"),
                roles.QUESTIONS,
            ),
            Right(_("Begin an answer for everybody of what was answered"), roles.QUESTION_APPROVE),
        ),
    ),
    Chapter(
        _("Policies"),
        (
            Right(_("Read policies, compare their versions, see trial runs"), roles.POLICIES),
            Right(_("Write, try, approve and schedule policies"), roles.POLICY_WORK),
        ),
    ),
    Chapter(
        _("Running the centre"),
        (
            Right(_("Open and change staff accounts, invite, end sessions, reset second factors"), roles.STAFF),
            Right(_("Read and export the audit"), roles.AUDIT),
            Right(_("See and revoke the tokens of programs"), roles.TOKENS),
            Right(_("See and change to which addresses programs are told what happens, and send it again"), (
                roles.WEBHOOKS
            )),
            Right(_("See how messages were delivered, without address and text, and send them again"), roles.MESSAGES),
        ),
    ),
)  # fmt: skip

OUTSIDE: Final[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
    (_("Everybody who is logged in: the own account, and this page"), roles.OWN),
    (_("Residents with a phone: their own pages, and those of people for whom they act"), roles.MY),
    (_("Programs with a token, as far as its scopes reach"), roles.API),
    (_("Everybody, without a log-in"), roles.PUBLIC),
)
"""What needs no role."""

IN_ONE_LINE: Final[dict[Role, Promise]] = {
    Role.ADMINISTRATOR: _("Sets up gates, policies and accounts, and reads the audit. Sees no resident."),
    Role.OFFICE: _("The community office: registers residents, decides applications and gives colours."),
    Role.SOCIAL_WORKER: _("Registers the people they care for and sees their next step. Colours are the office's."),
    Role.GRID_WORKER: _("Answers for the companies to which she is appointed. Sees no resident of a community."),
    Role.TRACER: _("Asks who met whom, for a confirmed case and a while."),
    Role.INTERPRETER: _("Is called for the languages they speak, and translates notices. Looks nobody up."),
    Role.GUARD_LEAD: _("Leads the guards: sees passages, gates and alarms."),
    Role.AUDITOR: _("Sees who did what, and changes nothing."),
}


def rights() -> Iterator[Right]:
    for chapter in CHAPTERS:
        yield from chapter.rights


HEAD: Final = pgettext_lazy("column of a table", "Right")
