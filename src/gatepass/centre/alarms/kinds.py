"""Every kind of alarm, in words: what it is, what to do, on whom it falls. Other nouns add theirs here.

A sentence is filled in with the alarm's `facts`, in the language of whoever reads it. Facts name places and machines,
never people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.roles import Role
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.rosters.channels import channel_word
from gatepass.centre.sites.words import reader_word


@dataclass(frozen=True, slots=True)
class Kind:
    words: Promise
    sentence: Promise
    """With `%(name)s` for each fact."""
    next_step: Promise
    roles: tuple[Role, ...]
    """Who is told and who sees it, within the scope of the grant. Auditors see every kind."""
    page: str = ""
    """Name of the page of what it is about; the subject's number is its one argument (`gate:12`)."""
    by_hand: bool = False
    """No machine notices that it is cured: a person says so."""
    once: bool = False
    """The same subject is never raised again after somebody closed it: what was lost stays lost."""


_OF_GATES: Final = (Role.ADMINISTRATOR, Role.GUARD_LEAD)
_OF_QUARANTINE: Final = (Role.OFFICE, Role.SOCIAL_WORKER)

_OF_ARRIVALS: Final = (Role.OFFICE, Role.SOCIAL_WORKER)

KINDS: Final[dict[str, Kind]] = {
    "tried_too_often": Kind(
        _("Tried too often"),
        _("%(limit)s: more than a person would try. Each further try is refused. Network address: %(address)s."),
        _("Look in the audit at what came from there. If it goes on, have the network shut the address out."),
        (Role.ADMINISTRATOR,),
        by_hand=True,
    ),
    "quarantine_symptom": Kind(
        _("Fever or symptoms"),
        _("Quarantine %(case)s: a fever or a symptom was reported."),
        _("Call at once. If it is needed, let a doctor or an ambulance come, and write down what was done."),
        _OF_QUARANTINE,
        page="quarantine",
        by_hand=True,
    ),
    "quarantine_positive": Kind(
        _("Positive test in quarantine"),
        _("Quarantine %(case)s: a test was positive."),
        _("Tell the doctor and the health authority. Whoever lives there must hear it too."),
        _OF_QUARANTINE,
        page="quarantine",
        by_hand=True,
    ),
    "quarantine_report_missed": Kind(
        _("Report missing"),
        _("Quarantine %(case)s: no report came, and nobody who was asked has answered."),
        _("Call, or go there. A report that comes late ends this alarm; silence never ends the case."),
        _OF_QUARANTINE,
        page="quarantine",
    ),
    "quarantine_breach": Kind(
        _("Left the home"),
        _("Quarantine %(case)s: seen at a gate."),
        _("Call and ask why. At the gate nothing was said; write on the case's page what it was."),
        _OF_QUARANTINE,
        page="quarantine",
        by_hand=True,
    ),
    "quarantine_overdue": Kind(
        _("Release overdue"),
        _("Quarantine %(case)s: the period is over, and nobody has released the person."),
        _("Look at the criteria on its page and release, or change the period and say why."),
        _OF_QUARANTINE,
        page="quarantine",
    ),
    "objection_late": Kind(
        _("Objection late"),
        _("%(site)s: objection %(appeal)s should have been answered by %(due)s."),
        _("Open it, look at what the colour rests on, and answer. Until then the person waits under that colour."),
        (Role.OFFICE,),
        page="appeal",
    ),
    "question_late": Kind(
        _("Question late"),
        _("%(site)s: question %(question)s should have been answered by %(due)s."),
        _("Open it, take it and answer it, or give it to somebody who can."),
        (Role.OFFICE, Role.SOCIAL_WORKER),
        page="question",
    ),
    "webhook_failing": Kind(
        _("Program not reached"),
        _("%(program)s: %(host)s does not take what it is told."),
        _("Tell whoever runs the program. What it missed is on the webhook's page, and can be sent again from there."),
        (Role.ADMINISTRATOR,),
        page="webhook",
    ),
    "gate_silent": Kind(
        _("Gate silent"),
        _("%(site)s, %(gate)s: nothing heard since %(since)s. The gate goes on deciding by itself."),
        _("Ask on the spot whether the terminal has power, then whether it has a network."),
        _OF_GATES,
        page="gate",
    ),
    "reader_unplugged": Kind(
        _("Reader unplugged"),
        _("%(site)s, %(gate)s: %(reader)s is not there."),
        _("Check its plug. Until then the guard types the number: nobody is left standing."),
        _OF_GATES,
        page="gate",
    ),
    "reader_ill": Kind(
        _("Reader ill"),
        _("%(site)s, %(gate)s: %(reader)s answers with errors."),
        _("Unplug it and plug it in again. If that does not help, change the reader."),
        _OF_GATES,
        page="gate",
    ),
    "knowledge_stale": Kind(
        _("Knowledge out of date"),
        _("%(site)s, %(gate)s: its colours are those of %(since)s, though the gate is connected."),
        _("Open the gate's page and see whether its directory grows. If not, restart the terminal."),
        _OF_GATES,
        page="gate",
    ),
    "no_directory": Kind(
        _("No directory"),
        _("%(site)s, %(gate)s: it has no directory, so that nobody is known to it."),
        _("See on the gate's page whether it is connected, and whether its disk is full or damaged."),
        _OF_GATES,
        page="gate",
    ),
    "sequence_gap": Kind(
        _("Records missing"),
        _("%(site)s, %(gate)s: the records %(first)s to %(last)s have not arrived, though later ones have."),
        _("Leave the terminal on: it sends them again. If its disk was changed, they are lost; close this alarm then."),
        _OF_GATES,
        page="gate",
        by_hand=True,
        once=True,
    ),
    "clock_wrong": Kind(
        _("Clock wrong"),
        _("%(site)s, %(gate)s: its clock is wrong by %(seconds)s seconds."),
        _("Let the terminal take its time from the network, or change the battery of its clock."),
        _OF_GATES,
        page="gate",
    ),
    "powerful_account": Kind(
        _("Account with far-reaching rights"),
        _("An account got the role: %(role)s. In 24 hours it can be the second person for what nobody does alone."),
        _("If you did not expect it, have the account deactivated, and look in the audit at who did it."),
        (Role.ADMINISTRATOR, Role.AUDITOR),
        page="staff_change",
        by_hand=True,
    ),
    "roster_gap": Kind(
        _("Gap in a roster"),
        _("%(language)s, %(channel)s: nobody, or too few, on duty on %(day)s at %(hours)s."),
        _("Open the roster and ask somebody for these hours, or change what is needed."),
        (Role.ADMINISTRATOR, Role.OFFICE),
    ),
    "visitor_overstays": Kind(
        _("Visitor inside for too long"),
        _("%(gate)s: a visitor should have left at %(until)s, and no gate has seen them leave."),
        _("Ask the guard and the host. If they have left, say so on the page of the visit."),
        (Role.OFFICE, Role.SOCIAL_WORKER, Role.GUARD_LEAD),
        page="visit",
    ),
    "work_failing": Kind(
        _("Work of the centre fails"),
        _("%(task)s: it fails again and again (%(error)s). The centre goes on trying."),
        _("See whether the disk is full and whether the database answers. The centre's log says where it failed."),
        (Role.ADMINISTRATOR,),
    ),
    "hand_over_waits": Kind(
        _("Registration not acknowledged"),
        _("%(site)s: %(count)s expected on %(day)s, and nobody has acknowledged the registration in time."),
        _("Open it, look at the flat and the papers, and acknowledge it: the gates know the people then."),
        _OF_ARRIVALS,
        page="arrival",
    ),
    "arrival_overdue": Kind(
        _("Not yet reported"),
        _("%(site)s: of %(count)s expected on %(day)s, not all have come."),
        _("Call the number of the registration, then the host. Say on its page who is here and who does not come."),
        _OF_ARRIVALS,
        page="arrival",
    ),
}

_FORGETTING: Final = _("Forgetting what is past its time")
_TELLING_PROGRAMS: Final = _("Telling programs what happens")
_SEEN = _("Noticing who left a quarantine")
TASKS: Final[dict[str, Promise]] = {
    "alarms": _("Looking for trouble"),
    "calls": _("Calling interpreters"),
    "audit-signature": _("Signing the audit"),
    "changed-colours": _("Telling people that their colour changed"),
    "colours": _("Making colours follow the facts"),
    "erasures": _("Erasing people"),
    "evening-reports": _("The reports of the evening"),
    "expired-cases": _("Closing tracing cases whose time is over"),
    "imports": _("Entering lists"),
    "broadcasts": _("Sending notices to groups"),
    "messages": _("Sending messages"),
    "missing-reports": _("Asking after reports that are missing"),
    "old-answers": _FORGETTING,
    "old-days": _FORGETTING,
    "old-lists": _FORGETTING,
    "old-messages": _FORGETTING,
    "old-sessions": _FORGETTING,
    "old-tries": _FORGETTING,
    "policy-runs": _("Runs of the policy"),
    "pushes": _("Sending push messages"),
    "publication": _("Publishing colours to the gates"),
    "purge": _FORGETTING,
    "seen-at-gates": _SEEN,
    "seen-just-now": _SEEN,
    "reminders": _("Reminding companies and their grid workers"),
    "webhook-colours": _TELLING_PROGRAMS,
    "webhook-events": _TELLING_PROGRAMS,
    "webhook-hours": _TELLING_PROGRAMS,
    "webhooks": _TELLING_PROGRAMS,
}
"""What the centre does by itself (`one_worker`), in words."""


def _task_word(task: str) -> str:
    return str(TASKS[task]) if task in TASKS else task


def _limit_word(limit: str) -> str:
    return str(LIMITS[limit].words) if limit in LIMITS else limit


_IN_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "channel": channel_word,
    "limit": _limit_word,
    "reader": reader_word,
    "role": lambda role: str(Role(role).label) if role in Role.values else role,
    "task": _task_word,
}
"""Facts that are codes, and what makes words of them."""


class _Told(dict[str, Any]):
    """A fact that an older row does not have is a dash, not a crash."""

    def __missing__(self, _name: str) -> str:
        return "—"


def sentence_of(kind: str, facts: Mapping[str, Any]) -> str:
    """In the active language. A kind that is no more says its name."""
    if kind not in KINDS:
        return kind
    told = {name: _IN_WORDS[name](str(value)) if name in _IN_WORDS else value for name, value in facts.items()}
    return str(KINDS[kind].sentence) % _Told(told)


def word_of(kind: str) -> str:
    return str(KINDS[kind].words) if kind in KINDS else kind
