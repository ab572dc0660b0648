"""What an asker's page and the centre say to each other, a few times a second: one question, one answer.

The gate relays it for its screen and its desk, signed by the device; a resident's phone asks by its own cookie. The
messages are `wire.interpreting`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.interpreting import actions
from gatepass.centre.interpreting.models import Call, Source, State
from gatepass.centre.sites.models import Gate, Site
from gatepass.centre.volunteers.models import Volunteer
from gatepass.languages import LANGUAGES
from gatepass.wire.interpreting import InterpretingAnswer, InterpretingQuestion


class Said(msgspec.Struct, frozen=True):
    """What the interpreter's page says; JSON."""

    act: str = ""
    after: int = 0
    say: list[str] = []


TURN_LIVES: Final = timedelta(hours=4)
"""How long a name at the TURN servers is good. Nobody talks that long, and what leaks is soon worth nothing."""
_WIRE = {language.lower(): language for language in LANGUAGES}


def ice_servers() -> list[dict[str, str]]:
    """STUN and TURN as a browser wants them; none: both sides are on one network."""
    configuration = settings.CONFIGURATION
    servers = [{"urls": url} for url in configuration.stun.split()]
    user, password = configuration.turn_user, configuration.turn_password.get_secret_value()
    if secret := configuration.turn_secret.get_secret_value():
        user, password = _turn_log_in(secret, int(timezone.now().timestamp() + TURN_LIVES.total_seconds()))
    return servers + [{"urls": url, "username": user, "credential": password} for url in configuration.turn.split()]


def _turn_log_in(secret: str, until: int) -> tuple[str, str]:
    """Name and password by draft-uberti-behave-turn-rest-00: coturn's `use-auth-secret`."""
    name = f"{until}:gatepass"
    return name, base64.b64encode(hmac.digest(secret.encode(), name.encode(), hashlib.sha1)).decode()


def exchange(
    question: InterpretingQuestion, site: Site, *, gate: Gate | None = None, device: str = "",
    applicant: Applicant | None = None,
) -> InterpretingAnswer:  # fmt: skip
    """RefusedError `call_not_now` for somebody else's call."""
    if not question.call and not question.act:
        return InterpretingAnswer(lines=_lines(site))
    if question.act == "ask":
        source = Source.PHONE if applicant else Source.DESK if question.desk else Source.KIOSK
        call = actions.ask(question.language, source, site, gate=gate, device=device, applicant=applicant)
    else:
        mine = Call.objects.filter(applicant=applicant) if applicant else Call.objects.filter(device=device)
        found = mine.exclude(device="", applicant=None).select_related("site", "interpreter")
        found_call = found.filter(pk=question.call).first()
        if found_call is None:
            raise RefusedError("call_not_now")
        call = found_call
        actions.seen(call, asker=True)
        if question.act == "end":
            actions.hang_up(call)
        elif question.act == "lost":
            actions.lose(call)
        else:
            actions.advance(call, timezone.now())
    with transaction.atomic():
        for body in question.say:
            if call.state == State.TALKING:
                actions.signal(call, json.loads(body), to_asker=False)
    return _answer(call, question.after)


def _answer(call: Call, after: int) -> InterpretingAnswer:
    heard = (
        call.signals.filter(to_interpreter=None, to_volunteer=None, pk__gt=after) if call.state == State.TALKING else ()
    )
    signals = [(signal.pk, signal.body) for signal in heard]
    return InterpretingAnswer(
        call=call.pk,
        state=State(call.state).value,  # type: ignore[arg-type] # one of the six
        position=actions.position(call) if call.state == State.WAITING else 0,
        name=_name(call) if call.state == State.TALKING else "",
        talk=f"{_whom(call)}-{int(call.state_at.timestamp() * 1000)}" if call.state == State.TALKING else "",
        lines={_WIRE[call.language]: actions.line_for(call.language, call.site)},
        ice=json.dumps(ice_servers()),
        said=signals,
    )


def _name(call: Call) -> str:
    """A volunteer is a neighbour: no name is shown to whoever stands at a gate."""
    if call.volunteer_id is not None:
        with translation.override(call.language):
            return gettext("a volunteer")
    return call.interpreter.full_name if call.interpreter else ""


def _whom(call: Call) -> str:
    return f"v{call.volunteer_id}" if call.volunteer_id is not None else str(call.interpreter_id)


def heard_by_interpreter(call: Call, by: User | Volunteer, said: Said) -> dict[str, object]:
    """The other side of the talk, of an interpreter or a volunteer: a sign of life, and signals both ways.

    ValueError for a signal that is no JSON.
    """
    signals = [json.loads(one) for one in said.say]
    if call.state == State.TALKING:
        actions.seen(call, asker=False)
        if said.act == "end":
            actions.hang_up(call, by=by)
        else:
            with transaction.atomic():
                for one in signals:
                    actions.signal(call, one, to_asker=True)
    mine = {"to_volunteer": by} if isinstance(by, Volunteer) else {"to_interpreter": by}
    heard = call.signals.filter(**mine, pk__gt=said.after) if call.state == State.TALKING else ()
    return {
        "state": call.state,
        "said": [(signal.pk, signal.body) for signal in heard],
        "ice": json.dumps(ice_servers()),
    }


def _lines(site: Site) -> dict[str, str]:
    """Every language's number, for the hour in which there is no network."""
    found = {_WIRE[code]: actions.line_for(code, site) for code in _WIRE}
    return {code: number for code, number in found.items() if number}
