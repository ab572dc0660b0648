"""The verbs of interpreting: `ask`, `advance`, `answer`, `decline`, `lose`, `hang_up`, `conclude`; lines and signals.

              ┌──────────── nobody free, some are talking ───────────┐
    ask ──► ringing ──20 s, declined, lost──► ringing (the next) …   waiting ──► ringing
              │ answered                         │ nobody left          │ a minute
              │                                  ▼                      ▼
              │                          ringing: volunteers who have time, one after the other
              ▼                                  ▼ nobody left
           talking ──────────────────────────► line ──► card (a minute later, or no number is known)
              └──► ended, from every state: hung up, or the asker is gone

Each move is one UPDATE that names the state, and the interpreter, that it comes from, together with its row in `Move`:
of two interpreters, two workers or a worker and a hand that move a call at once, one does; the other changes nothing.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.interpreting.models import Call, Line, Move, Outcome, Signal, Source, State
from gatepass.centre.people.models import Resident
from gatepass.centre.rosters.access import on_duty
from gatepass.centre.rosters.channels import Channel
from gatepass.centre.sites.models import Gate, Site
from gatepass.centre.volunteers.access import available
from gatepass.centre.volunteers.models import Kind, Volunteer
from gatepass.centre.webpush.actions import tell_applicants, tell_staff

RINGS_FOR: Final = timedelta(seconds=20)
WAITS_FOR: Final = timedelta(seconds=60)
LINE_FOR: Final = timedelta(seconds=60)
INTERPRETER_LOST_AFTER: Final = timedelta(seconds=8)
ASKER_GONE_AFTER: Final = timedelta(seconds=15)
MOST_SIGNAL: Final = 20_000
"""Characters: a description of sound and picture has some five thousand."""
MOST_SIGNALS: Final = 200
KEPT_FOR: Final = timedelta(days=90)

OPEN: Final = (State.WAITING, State.RINGING, State.TALKING, State.LINE, State.CARD)


def ask(
    language: str,
    source: Source,
    site: Site,
    *,
    gate: Gate | None = None,
    device: str = "",
    applicant: Applicant | None = None,
) -> Call:
    """Rings the nearest at once. A call that the same device or person has open is ended: one at a time."""
    now = timezone.now()
    mine = Call.objects.filter(state__in=OPEN)
    mine = mine.filter(applicant=applicant) if applicant else mine.filter(device=device, source=source)
    for earlier in mine:
        hang_up(earlier, now)
    with transaction.atomic():
        call = Call.objects.create(
            language=language.lower(),
            source=source,
            site=site,
            gate=gate,
            device=device,
            applicant=applicant,
            state=State.WAITING,
            state_at=now,
            asked_at=now,
            asker_seen_at=now,
        )
        Move.objects.create(call=call, at=now, new=State.WAITING, why="asked")
        record(applicant, "interpreting:ask", call, language=call.language, site=site.pk)
        _next(call, now, "asked")
    return call


def advance(call: Call, now: datetime) -> bool:
    """What the clock asks for; whether anything moved. `call` as it was just read."""
    if call.state == State.ENDED:
        return False
    if now - call.asker_seen_at > ASKER_GONE_AFTER:
        return _end(call, now, "gone")
    with transaction.atomic():
        return _by_the_clock(call, now)


def _by_the_clock(call: Call, now: datetime) -> bool:
    since = now - call.state_at
    moved = False
    match call.state:
        case State.RINGING if since >= RINGS_FOR:
            moved = _next(call, now, "missed")
        case State.TALKING if now - (call.interpreter_seen_at or call.state_at) > INTERPRETER_LOST_AFTER:
            moved = _next(call, now, "lost")
        case State.WAITING if since >= WAITS_FOR:
            moved = _without_anybody(call, now, "long")
        case State.WAITING if position(call) == 1:
            moved = _next(call, now, "turn")
        case State.LINE if since >= LINE_FOR:
            moved = _move(call, State.CARD, now, "long")
    return moved


def advance_all(now: datetime) -> int:
    """The worker's step: every call under way; how many moved."""
    under_way = Call.objects.filter(state__in=OPEN).select_related("site").order_by("asked_at")
    return sum(advance(call, now) for call in under_way)


def answer(by: User | Volunteer, call: Call) -> None:
    """Only whoever is rung now. RefusedError `call_not_now`."""
    now = timezone.now()
    with transaction.atomic():
        rung = call.state == State.RINGING and _falls_on(call, by)
        fields = {"answered_at": call.answered_at or now, "interpreter_seen_at": now}
        if not rung or not _move(call, State.TALKING, now, "answered", **fields):
            raise RefusedError("call_not_now")
        record(_actor(by), "interpreting:answer", call)


def decline(by: User | Volunteer, call: Call) -> None:
    """The next one rings at once."""
    now = timezone.now()
    with transaction.atomic():
        rung = call.state == State.RINGING and _falls_on(call, by)
        if not rung or not _next(call, now, "declined"):
            raise RefusedError("call_not_now")
        record(_actor(by), "interpreting:decline", call)


def lose(call: Call, now: datetime | None = None) -> bool:
    """The asker's page hears and sees nothing any more: the next one rings, without a wait."""
    if call.state != State.TALKING:
        return False
    with transaction.atomic():
        return _next(call, now or timezone.now(), "lost")


def hang_up(call: Call, now: datetime | None = None, by: User | Volunteer | None = None) -> None:
    """By either side; a call that is over stays so."""
    moment = now or timezone.now()
    for _try in range(3):  # it may move in the same instant: then it is ended from where it is now
        if call.state == State.ENDED or _end(call, moment, "hung_up", by):
            return
        call.refresh_from_db()


def conclude(by: User, call: Call, outcome: Outcome, notes: str) -> None:
    """What came of it, in a word and a note: by whoever talked."""
    with transaction.atomic():
        mine = Call.objects.filter(pk=call.pk, interpreter=by).exclude(answered_at=None)
        if not mine.update(outcome=outcome):
            raise RefusedError("call_not_now")
        call.outcome, call.notes = outcome, notes.strip() or None
        call.save(update_fields=["notes"])
        record(by, "interpreting:conclude", call, outcome=outcome.value)


def note_registered(by: User, call: Call, resident: Resident) -> None:
    """The person was registered while talking, with their own consent said to the interpreter."""
    with transaction.atomic():
        if Call.objects.filter(pk=call.pk, interpreter=by, state=State.TALKING).update(resident=resident):
            record(by, "interpreting:register", call, resident=resident.pk)


def signal(call: Call, body: Any, *, to_asker: bool) -> None:
    """One word from one browser to the other; RefusedError `call_not_now` outside a conversation, or too much."""
    text = json.dumps(body, separators=(",", ":"))
    if call.state != State.TALKING or len(text) > MOST_SIGNAL or call.signals.count() >= MOST_SIGNALS:
        raise RefusedError("call_not_now")
    Signal.objects.create(
        call=call,
        to_interpreter=None if to_asker else call.interpreter,
        to_volunteer=None if to_asker else call.volunteer,
        body=text,
        at=timezone.now(),
    )


def seen(call: Call, *, asker: bool) -> None:
    """A sign of life; at most one write a second."""
    now, name = timezone.now(), "asker_seen_at" if asker else "interpreter_seen_at"
    last = getattr(call, name)
    if last is None or now - last >= timedelta(seconds=1):
        Call.objects.filter(pk=call.pk).update(**{name: now})
        setattr(call, name, now)


def position(call: Call) -> int:
    """Of a waiting call: 1 is the next. Calls of its language that may fall on the same people."""
    before = Call.objects.filter(state=State.WAITING, language=call.language, site__community=call.site.community_id)
    return before.filter(Q(asked_at__lt=call.asked_at) | Q(asked_at=call.asked_at, pk__lt=call.pk)).count() + 1


def line_for(language: str, site: Site) -> str:
    """The number of the site, else of the town; empty where there is none."""
    lines = Line.objects.filter(language=language.lower()).filter(Q(site=site) | Q(site=None))
    return next((line.number for line in sorted(lines, key=lambda one: one.site_id is None)), "")


def set_line(by: User, language: str, site: Site | None, number: str) -> None:
    """Empty: no number any more."""
    with transaction.atomic():
        if number.strip():
            line, _new = Line.objects.update_or_create(
                language=language, site=site, defaults={"number": number.strip()}
            )
            record(by, "interpreting:set_line", line, language=language)
        else:
            Line.objects.filter(language=language, site=site).delete()
            record(by, "interpreting:set_line", "line:0", language=language)


def _next(call: Call, now: datetime, why: str) -> bool:
    """The next who is free and was not rung for this call yet; those who talk with somebody else may come free."""
    rung = set(call.moves.exclude(rung=None).values_list("rung", flat=True))
    busy = set(
        Call.objects.filter(state__in=(State.RINGING, State.TALKING))
        .exclude(pk=call.pk)
        .exclude(interpreter=None)
        .values_list("interpreter", flat=True)
    )
    able = [one.user for one in on_duty(call.language, now, site=call.site, channel=Channel.CALL)]
    able = [user for user in able if user.pk not in rung]
    free = next((user for user in able if user.pk not in busy), None)
    if free is not None:
        return _move(call, State.RINGING, now, why, interpreter=free, volunteer=None)
    if able and not call.moves.exclude(volunteer=None).exists():  # who waited, and was not helped, waits no second time
        return call.state != State.WAITING and _move(call, State.WAITING, now, why, interpreter=None, volunteer=None)
    return _without_anybody(call, now, why if why != "asked" else "nobody")


def _without_anybody(call: Call, now: datetime, why: str) -> bool:
    """Nobody on duty is left: volunteers of the community who have time now, then the line."""
    helper = _volunteer_for(call, now)
    if helper is not None:
        return _move(call, State.RINGING, now, why, interpreter=None, volunteer=helper)
    number = line_for(call.language, call.site)
    return _move(call, State.LINE if number else State.CARD, now, why, interpreter=None, volunteer=None)


def _volunteer_for(call: Call, now: datetime) -> Volunteer | None:
    """The nearest who offered to take calls, talks with nobody, and was not rung for this call yet."""
    rung = set(call.moves.exclude(volunteer=None).values_list("volunteer", flat=True))
    at_it = Call.objects.filter(state__in=(State.RINGING, State.TALKING)).exclude(pk=call.pk).exclude(volunteer=None)
    busy = set(at_it.values_list("volunteer", flat=True))
    ready = available(call.language, now, site=call.site, kind=Kind.CALLS)
    own = call.applicant_id  # nobody is rung by the own call
    return next((one for one in ready if one.pk not in rung | busy and one.applicant_id != own), None)


def _falls_on(call: Call, by: User | Volunteer) -> bool:
    return (call.volunteer_id if isinstance(by, Volunteer) else call.interpreter_id) == by.pk


def _actor(by: User | Volunteer | None) -> User | Applicant | None:
    return by.applicant if isinstance(by, Volunteer) else by


def _end(call: Call, now: datetime, why: str, by: User | Volunteer | None = None) -> bool:
    with transaction.atomic():
        if not _move(call, State.ENDED, now, why, ended_at=now):
            return False
        record(_actor(by), "interpreting:end", call, why=why)
        return True


def _move(call: Call, new: State, now: datetime, why: str, **fields: Any) -> bool:
    """Compare and set: False where somebody else moved it since `call` was read."""
    old = call.state
    same = Call.objects.filter(pk=call.pk, state=old, interpreter=call.interpreter_id, volunteer=call.volunteer_id)
    if not same.update(state=new, state_at=now, **fields):
        return False
    for name, value in {"state": new, "state_at": now, **fields}.items():
        setattr(call, name, value)
    if old == State.TALKING:
        call.signals.all().delete()  # what was said to find a way is of no use to whoever comes next
    rings = new == State.RINGING
    rung, helper = (call.interpreter, call.volunteer) if rings else (None, None)
    Move.objects.create(call=call, at=now, old=old, new=new, rung=rung, volunteer=helper, why=why)
    if rings:
        _push(call, now)
    return True


def _push(call: Call, now: datetime) -> None:
    """To the devices of whoever is rung: no more than that somebody needs them, and only as long as it rings."""
    told = {"until": now + RINGS_FOR, "tag": f"call-{call.pk}"}
    if call.volunteer is not None:
        tell_applicants([call.volunteer.applicant], "call", reverse("my_calls"), **told)
    elif call.interpreter is not None:
        tell_staff([call.interpreter], "call", reverse("calls"), **told)
