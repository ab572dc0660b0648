"""What an entry says beside its verb, in words for the page.

Export and checkpoint keep the fields as they were written.

A test compares the names with those that `record` is called with. A name that stands only in old entries is shown as
it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy

from gatepass.centre.alarms.kinds import KINDS
from gatepass.centre.api.models import Scope
from gatepass.centre.codes.models import ADVICES, COLOURS
from gatepass.centre.facts.models import Fact
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.sites.models import Gate

DETAILS: Final[dict[str, Promise]] = {
    "advice": pgettext_lazy("of an audit entry", "next step"),
    "answer": pgettext_lazy("of an audit entry", "answer"),
    "breach": pgettext_lazy("of an audit entry", "incident"),
    "broadcast": pgettext_lazy("of an audit entry", "mailing"),
    "candidates": pgettext_lazy("of an audit entry", "candidates"),
    "case": pgettext_lazy("of an audit entry", "case"),
    "change": pgettext_lazy("of an audit entry", "kind of change"),
    "changed": pgettext_lazy("of an audit entry", "changed"),
    "channel": pgettext_lazy("of an audit entry", "channel"),
    "choice": pgettext_lazy("of an audit entry", "choice"),
    "colleagues": pgettext_lazy("of an audit entry", "colleagues"),
    "colour": pgettext_lazy("of an audit entry", "colour"),
    "colours": pgettext_lazy("of an audit entry", "colours"),
    "community": pgettext_lazy("of an audit entry", "community"),
    "company": pgettext_lazy("of an audit entry", "company"),
    "consent": pgettext_lazy("of an audit entry", "consent"),
    "contact": pgettext_lazy("of an audit entry", "contact"),
    "contacts": pgettext_lazy("of an audit entry", "contacts"),
    "count": pgettext_lazy("of an audit entry", "count"),
    "counts": pgettext_lazy("of an audit entry", "counts"),
    "day": pgettext_lazy("of an audit entry", "day"),
    "days": pgettext_lazy("of an audit entry", "days"),
    "differences": pgettext_lazy("of an audit entry", "differences"),
    "direction": pgettext_lazy("of an audit entry", "direction"),
    "document": pgettext_lazy("of an audit entry", "document"),
    "documents": pgettext_lazy("of an audit entry", "documents"),
    "done": pgettext_lazy("of an audit entry", "done"),
    "effective_from": pgettext_lazy("of an audit entry", "in force from"),
    "ends": pgettext_lazy("of an audit entry", "end"),
    "ends_at": pgettext_lazy("of an audit entry", "end"),
    "erased": pgettext_lazy("of an audit entry", "erased"),
    "erasure": pgettext_lazy("of an audit entry", "erasure"),
    "events": pgettext_lazy("of an audit entry", "events"),
    "expires": pgettext_lazy("of an audit entry", "runs out"),
    "fact": pgettext_lazy("of an audit entry", "fact"),
    "fields": pgettext_lazy("of an audit entry", "fields"),
    "filtered": pgettext_lazy("of an audit entry", "filtered"),
    "first": pgettext_lazy("of an audit entry", "first"),
    "form": pgettext_lazy("of an audit entry", "format"),
    "found": pgettext_lazy("of an audit entry", "found"),
    "gate": pgettext_lazy("of an audit entry", "gate"),
    "giver": pgettext_lazy("of an audit entry", "handed over by"),
    "grants": pgettext_lazy("of an audit entry", "roles"),
    "interface": pgettext_lazy("of an audit entry", "call"),
    "into": pgettext_lazy("of an audit entry", "into"),
    "journey": pgettext_lazy("of an audit entry", "arrival"),
    "kind": pgettext_lazy("of an audit entry", "kind"),
    "kinds": pgettext_lazy("of an audit entry", "kinds"),
    "language": pgettext_lazy("of an audit entry", "language"),
    "languages": pgettext_lazy("of an audit entry", "languages"),
    "last": pgettext_lazy("of an audit entry", "last"),
    "last_day": pgettext_lazy("of an audit entry", "last day"),
    "late_rows": pgettext_lazy("of an audit entry", "rows restored since"),
    "late_sealed": pgettext_lazy("of an audit entry", "keys destroyed later"),
    "legal_basis": pgettext_lazy("of an audit entry", "legal basis"),
    "mailed": pgettext_lazy("of an audit entry", "sent by e-mail"),
    "manner": pgettext_lazy("of an audit entry", "manner"),
    "margin": pgettext_lazy("of an audit entry", "minutes either side"),
    "minutes": pgettext_lazy("of an audit entry", "minutes"),
    "month": pgettext_lazy("of an audit entry", "month"),
    "name": pgettext_lazy("of an audit entry", "name"),
    "names": pgettext_lazy("of an audit entry", "names"),
    "need": pgettext_lazy("of an audit entry", "errand"),
    "new": pgettext_lazy("of an audit entry", "new"),
    "notice": pgettext_lazy("of an audit entry", "notice"),
    "number": pgettext_lazy("of an audit entry", "number"),
    "other": pgettext_lazy("of an audit entry", "other entry"),
    "out_of": pgettext_lazy("of an audit entry", "out of"),
    "outcome": pgettext_lazy("of an audit entry", "outcome"),
    "page": pgettext_lazy("of an audit entry", "page"),
    "people": pgettext_lazy("of an audit entry", "people"),
    "persons": pgettext_lazy("of an audit entry", "persons asked about"),
    "place": pgettext_lazy("of an audit entry", "place"),
    "placed": pgettext_lazy("of an audit entry", "on the plan"),
    "policy": pgettext_lazy("of an audit entry", "policy"),
    "ready_made": pgettext_lazy("of an audit entry", "ready-made text"),
    "reason": pgettext_lazy("of an audit entry", "reason"),
    "relation": pgettext_lazy("of an audit entry", "relation"),
    "report": pgettext_lazy("of an audit entry", "report"),
    "resident": pgettext_lazy("of an audit entry", "resident"),
    "residents": pgettext_lazy("of an audit entry", "residents"),
    "revision": pgettext_lazy("of an audit entry", "revision"),
    "roles_changed": pgettext_lazy("of an audit entry", "roles changed"),
    "row": pgettext_lazy("of an audit entry", "row"),
    "rows": pgettext_lazy("of an audit entry", "rows"),
    "rules": pgettext_lazy("of an audit entry", "rules"),
    "sample": pgettext_lazy("of an audit entry", "sample"),
    "scopes": pgettext_lazy("of an audit entry", "may"),
    "second": pgettext_lazy("of an audit entry", "second person"),
    "seconds": pgettext_lazy("of an audit entry", "seconds"),
    "seen": pgettext_lazy("of an audit entry", "seen at"),
    "session": pgettext_lazy("of an audit entry", "session"),
    "shift": pgettext_lazy("of an audit entry", "shift"),
    "showing": pgettext_lazy("of an audit entry", "showing"),
    "since": pgettext_lazy("of an audit entry", "since"),
    "site": pgettext_lazy("of an audit entry", "site"),
    "sites": pgettext_lazy("of an audit entry", "sites"),
    "slot": pgettext_lazy("of an audit entry", "report due"),
    "software": pgettext_lazy("of an audit entry", "software"),
    "source": pgettext_lazy("of an audit entry", "source"),
    "staff": pgettext_lazy("of an audit entry", "staff"),
    "started": pgettext_lazy("of an audit entry", "beginning"),
    "state": pgettext_lazy("of an audit entry", "state"),
    "stay": pgettext_lazy("of an audit entry", "stay"),
    "store": pgettext_lazy("of an audit entry", "store"),
    "survey": pgettext_lazy("of an audit entry", "survey"),
    "table": pgettext_lazy("of an audit entry", "table"),
    "taken": pgettext_lazy("of an audit entry", "taken over"),
    "timing": pgettext_lazy("of an audit entry", "timing"),
    "to": pgettext_lazy("of an audit entry", "to"),
    "token": pgettext_lazy("of an audit entry", "program"),
    "traveller": pgettext_lazy("of an audit entry", "traveller"),
    "understood": pgettext_lazy("of an audit entry", "understood"),
    "until": pgettext_lazy("of an audit entry", "until"),
    "user": pgettext_lazy("of an audit entry", "account"),
    "username": pgettext_lazy("of an audit entry", "username"),
    "valid_until": pgettext_lazy("of an audit entry", "valid until"),
    "version": pgettext_lazy("of an audit entry", "version"),
    "versions": pgettext_lazy("of an audit entry", "versions"),
    "via": pgettext_lazy("of an audit entry", "by way of"),
    "ways": pgettext_lazy("of an audit entry", "way of log-in"),
    "what": pgettext_lazy("of an audit entry", "what"),
    "whole": pgettext_lazy("of an audit entry", "checksums agree"),
    "why": pgettext_lazy("of an audit entry", "why"),
    "withdrawn": pgettext_lazy("of an audit entry", "withdrawn"),
}

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")

# Codes that have a word: the field -> its words.
_VALUES: Final[dict[str, Mapping[Any, Any]]] = {
    "advice": dict(ADVICES),
    "colour": dict(COLOURS),
    "consent": dict(Consent.choices),
    # Of an alarm, a document, a fact.
    "kind": {**{kind: one.words for kind, one in KINDS.items()}, **dict(IdentityDocument.KIND), **dict(Fact.KIND)},
    "direction": dict(Gate.Direction.choices),
    "language": dict(settings.LANGUAGES),
    "languages": dict(settings.LANGUAGES),
    "relation": dict(Relation.choices),
    "scopes": dict(Scope.choices),
}


# What an entry is about, `resident:12` in the export and in the filter.
_NOUNS: Final[dict[str, Promise]] = {
    "alarm": pgettext_lazy("of an audit entry", "alarm"),
    "appeal": pgettext_lazy("of an audit entry", "objection"),
    "applicant": pgettext_lazy("of an audit entry", "applicant"),
    "application": pgettext_lazy("of an audit entry", "application"),
    "breach": pgettext_lazy("of an audit entry", "incident in a quarantine"),
    "broadcast": pgettext_lazy("of an audit entry", "mailing"),
    "call": pgettext_lazy("of an audit entry", "call for an interpreter"),
    "case": pgettext_lazy("of an audit entry", "case"),
    "change": pgettext_lazy("of an audit entry", "change of the roster"),
    "colleague": pgettext_lazy("of an audit entry", "colleague"),
    "community": pgettext_lazy("of an audit entry", "community"),
    "company": pgettext_lazy("of an audit entry", "company"),
    "contact": pgettext_lazy("of an audit entry", "contact"),
    "device": pgettext_lazy("of an audit entry", "device"),
    "document": pgettext_lazy("of an audit entry", "document"),
    "erasure": pgettext_lazy("of an audit entry", "erasure"),
    "fact": pgettext_lazy("of an audit entry", "fact"),
    "factorreset": pgettext_lazy("of an audit entry", "reset of a second factor"),
    "gate": pgettext_lazy("of an audit entry", "gate"),
    "grant": pgettext_lazy("of an audit entry", "code on a phone"),
    "household": pgettext_lazy("of an audit entry", "household"),
    "import": pgettext_lazy("of an audit entry", "imported list"),
    "invitation": pgettext_lazy("of an audit entry", "invitation"),
    "journey": pgettext_lazy("of an audit entry", "arrival"),
    "mandate": pgettext_lazy("of an audit entry", "mandate"),
    "message": pgettext_lazy("of an audit entry", "message"),
    "need": pgettext_lazy("of an audit entry", "errand"),
    "notice": pgettext_lazy("of an audit entry", "notice"),
    "paper": pgettext_lazy("of an audit entry", "paper code"),
    "permit": pgettext_lazy("of an audit entry", "work permit"),
    "photo": pgettext_lazy("of an audit entry", "photograph"),
    "proof": pgettext_lazy("of an audit entry", "test or certificate"),
    "quarantine": pgettext_lazy("of an audit entry", "quarantine"),
    "question": pgettext_lazy("of an audit entry", "question"),
    "received_visit": pgettext_lazy("of an audit entry", "visit"),
    "release": pgettext_lazy("of an audit entry", "release"),
    "report": pgettext_lazy("of an audit entry", "report"),
    "request": pgettext_lazy("of an audit entry", "request about own data"),
    "resident": pgettext_lazy("of an audit entry", "resident"),
    "sample": pgettext_lazy("of an audit entry", "sample"),
    "shift": pgettext_lazy("of an audit entry", "shift"),
    "site": pgettext_lazy("of an audit entry", "site"),
    "stafflist": pgettext_lazy("of an audit entry", "staff list"),
    "subscription": pgettext_lazy("of an audit entry", "webhook"),
    "survey": pgettext_lazy("of an audit entry", "survey"),
    "swap": pgettext_lazy("of an audit entry", "swap"),
    "task": pgettext_lazy("of an audit entry", "task"),
    "token": pgettext_lazy("of an audit entry", "program"),
    "user": pgettext_lazy("of an audit entry", "account"),
    "version": pgettext_lazy("of an audit entry", "version"),
    "visit": pgettext_lazy("of an audit entry", "log-in on a phone"),
    "volunteer": pgettext_lazy("of an audit entry", "volunteer"),
}


def about_in_words(about: str) -> str:
    """`Resident 12`; of several at once the verb says enough. A noun without a word as it was written."""
    noun, _colon, number = about.partition(":")
    if number == "many":
        return "—"
    return f"{_NOUNS[noun]} {number}" if noun in _NOUNS and number.isdigit() else about


def details_of(fields: Mapping[str, Any]) -> list[str]:
    """`["colour: Green", "until: 2026-12-01"]`, in the active language."""
    return [
        gettext("{name}: {value}").format(
            name=DETAILS.get(name, name.replace("_", " ")), value=_in_words(value, _VALUES.get(name, {}))
        )
        for name, value in fields.items()
    ]


def _in_words(value: Any, words: Mapping[Any, Any]) -> str:
    if isinstance(value, bool):
        return pgettext("of an audit entry", "yes") if value else pgettext("of an audit entry", "no")
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, list):
        return ", ".join(_in_words(one, words) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one, words)}" for name, one in value.items())
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return str(words.get(value, value))
