"""Who is asked for a report that does not come: one function for each rung, for many cases at once.

Each finds out who is to be told what, which takes its time and nobody's lock, and names the cases for which there is
nobody, with a code of `WHY_SKIPPED`. Told they are by `Asked.tell`, inside the transaction of the step. Nobody hears
more than they need: the household a masked name, a volunteer whom to telephone and not why, whoever is on duty the
number of a case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gatepass.centre.alarms.actions import About, raise_all
from gatepass.centre.alarms.models import Contact
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.reaching import Way, ways_to
from gatepass.centre.quarantine.due import Due
from gatepass.centre.quarantine.models import Quarantine, Rung
from gatepass.centre.rosters.access import on_duty
from gatepass.centre.rosters.words import language_word
from gatepass.centre.sending.actions import Letter, Sealed, queue_sealed, seal
from gatepass.centre.volunteers.access import available
from gatepass.centre.volunteers.actions import TaskFacts, ask
from gatepass.centre.volunteers.models import Kind, Volunteer
from gatepass.identity.masking import mask_name

MOST_ASKED: Final = 3
"""Volunteers who are asked about one missing report."""
VOLUNTEERS_HAVE: Final = timedelta(hours=4)
MISSED: Final = "quarantine_report_missed"

WHY_SKIPPED: Final[dict[str, Promise]] = {
    "nobody_reached": _("no telephone and nobody who acts for the person"),
    "lives_alone": _("nobody else of the household can be reached"),
    "no_volunteer": _("no volunteer who speaks the language has time now"),
    "nobody_on_duty": _("nobody who speaks the language is on duty and reached"),
}

Cases = Sequence[Due]
Skipped = dict[int, str]
"""Primary key of a case -> a code of WHY_SKIPPED."""
Place = tuple[str, int]
"""Language and site: within one step the same people are there for all who share them."""


@dataclass(slots=True)
class Asked:
    """What one rung has to say, each with the primary key of its case."""

    skipped: Skipped = field(default_factory=dict)
    letters: list[tuple[int, Letter]] = field(default_factory=list)
    sealed: list[tuple[int, Sealed]] = field(default_factory=list)
    tasks: list[tuple[int, TaskFacts, list[Volunteer]]] = field(default_factory=list)
    alarms: list[tuple[int, About]] = field(default_factory=list)

    def seal(self) -> None:
        """All that can be done for `tell` before it: others wait for what its transaction has locked."""
        self.sealed = list(
            zip([case for case, _letter in self.letters], seal(one for _case, one in self.letters), strict=True)
        )

    def tell(self, cases: Container[int]) -> None:
        """All that is about these cases, inside their step's transaction; sealed before, or else only now."""
        if len(self.sealed) != len(self.letters):
            self.seal()
        queue_sealed(letter for case, letter in self.sealed if case in cases)
        for case, facts, volunteers in self.tasks:
            if case in cases:
                ask(None, facts, volunteers)
        if self.alarms:
            raise_all(MISSED, [about for case, about in self.alarms if case in cases])


def subject_of(case: Quarantine | Due) -> str:
    """What alarms call a case."""
    return f"quarantine:{case.pk}"


def the_person(cases: Cases, _now: datetime) -> Asked:
    ways = ways_to([case.person for case in cases])
    own = {case: [way for way in ways.get(case.person.pk, ()) if way.own] for case in cases}
    return _ask(own, "nobody_reached")


def the_household(cases: Cases, _now: datetime) -> Asked:
    """Whoever acts for the person, and everybody who lives there and is reached."""
    living = Membership.objects.filter(until__isnull=True)
    homes: dict[int, set[int]] = defaultdict(set)
    for resident, household in living.filter(resident__in=[case.person.pk for case in cases]).values_list(
        "resident", "household"
    ):
        homes[resident].add(household)
    people: dict[int, dict[int, Resident]] = defaultdict(dict)
    if homes:
        everywhere = set().union(*homes.values())
        for one in living.filter(household__in=everywhere).select_related("resident").order_by("id"):
            people[one.household_id][one.resident_id] = one.resident
    others = {
        case: [
            one
            for home in sorted(homes.get(case.person.pk, ()))
            for pk, one in people[home].items()
            if pk != case.person.pk
        ]
        for case in cases
    }
    helpers, of_others = ways_to([case.person for case in cases], to_helpers=True), ways_to(_each(others.values()))
    found = {
        case: [
            *helpers.get(case.person.pk, ()),
            *(way for one in others[case] for way in of_others.get(one.pk, ())),
        ]
        for case in cases
    }
    return _ask(found, "lives_alone")


def a_volunteer(cases: Cases, now: datetime) -> Asked:
    """Whoever of the community speaks the language and has time: whoever says yes first telephones."""
    asked, there = Asked(), dict[Place, list[Volunteer]]()
    for case in cases:
        person, place = case.person, _place(case)
        if place not in there:
            there[place] = available(person.language, now, site=person.site, kind=Kind.PHONE)[:MOST_ASKED]
        if not there[place]:
            asked.skipped[case.pk] = "no_volunteer"
    helped = [case for case in cases if there[_place(case)]]
    residents = Resident.objects.in_bulk([case.person.pk for case in helped]) if helped else {}
    for case in helped:
        resident, site = residents[case.person.pk], case.person.site
        with translation.override(resident.language):
            words = gettext(
                "Please telephone %(name)s, %(phone)s: how are you today, and which temperature? Then tell the "
                "community office."
            ) % {"name": resident.full_name, "phone": resident.phone or "—"}
        facts = TaskFacts(Kind.PHONE, resident.language, site, now, now + VOLUNTEERS_HAVE, words, resident)
        asked.tasks.append((case.pk, facts, there[_place(case)]))
    return asked


def whoever_is_on_duty(cases: Cases, now: datetime) -> Asked:
    """Interpreters of the language who are on duty: they hear that they are needed, not by whom."""
    asked, town = Asked(), settings.CONFIGURATION.town
    there: dict[Place, list[Contact]] = {}
    for case in cases:
        person, place = case.person, _place(case)
        if place not in there:
            duty = [one.user for one in on_duty(person.language, now, site=person.site) if one.reachable]
            contacts = Contact.objects.filter(user__in=duty).select_related("user") if duty else ()
            there[place] = list(contacts)
        if not there[place]:
            asked.skipped[case.pk] = "nobody_on_duty"
        for contact in there[place]:
            user = contact.user
            with translation.override(user.language):
                text = gettext("%(town)s: somebody who speaks %(language)s has not reported. Please call the community "
                               "office and help with quarantine %(case)s.") % {
                    "town": town, "language": language_word(person.language), "case": case.pk,
                }  # fmt: skip
            letter = Letter(contact.channel, str(contact.address), "report_asked", user.language, text, town)
            asked.letters.append((case.pk, letter))
    return asked


def the_desk(cases: Cases, _now: datetime) -> Asked:
    about = [(case.pk, About(subject_of(case), case.person.site, {"case": case.pk})) for case in cases]
    return Asked(alarms=about)


REACH: Final[dict[Rung, Callable[[Cases, datetime], Asked]]] = {
    Rung.RESIDENT: the_person,
    Rung.HOUSEHOLD: the_household,
    Rung.VOLUNTEER: a_volunteer,
    Rung.ROSTER: whoever_is_on_duty,
    Rung.DESK: the_desk,
}
"""In the order in which they are asked. The last one is always told."""


def _place(case: Due) -> Place:
    return case.person.language, case.person.site.pk


def _each(many: Iterable[Iterable[Resident]]) -> list[Resident]:
    return list({one.pk: one for some in many for one in some}.values())


def _ask(ways: dict[Due, list[Way]], why: str) -> Asked:
    """A message by every way, one to an address for each case; `why` for a case that has none."""
    asked = Asked({case.pk: why for case, of_case in ways.items() if not of_case})
    words = cache(_words)
    for case, of_case in ways.items():
        for way in {(one.channel, one.address): one for one in of_case}.values():
            town, text = words(way.language, has_page=way.has_page)
            said = text % {"name": mask_name(case.person.full_name)}
            asked.letters.append((case.pk, Letter(way.channel, way.address, "report_asked", way.language, said, town)))
    return asked


def _words(language: str, *, has_page: bool) -> tuple[str, str]:
    """Subject, and a text in which only the name is missing."""
    town, name = settings.CONFIGURATION.town, "%(name)s"
    with translation.override(language):
        if not has_page:
            text = gettext(
                "%(town)s: how is %(name)s today? Please call the community office and tell the temperature."
            )
            return town, text % {"town": _plain(town), "name": name}
        link = f"{settings.CONFIGURATION.address}{reverse('my_quarantine_report')}"
        text = gettext("%(town)s: how is %(name)s today? Two taps, please: %(link)s")
        return town, text % {"town": _plain(town), "name": name, "link": _plain(link)}


def _plain(text: str) -> str:
    return text.replace("%", "%%")
