"""The registry of a synthetic town: everybody who passes the gates of `_town.py`, and what an office does with them.

Its sites, gates and terminals are those of the passages, and its residents hold the documents by which these know them.
For each person a document, a telephone, a household, a code, its history, three facts; beside them what fills the
other lists: applications, objections, alarms, companies, a tracing case with a thousand contacts, the audit.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent))

from _town import PEOPLE_A_GATE, Town
from reevaluation import facts_of

GATES_A_SITE: Final = 10
SITES_A_COMMUNITY: Final = 10
IN_A_HOUSEHOLD: Final = 3
NAMES: Final = 60_000
"""Different ones: in a town of a million, a whole name is shared by some."""
OPEN_ALARMS, WAITING, COLLEAGUES, CONTACTS = 300, 4_000, 500, 1_000
OF_A_MILLION: Final = {
    "alarms": 50_000,
    "applications": 40_000,
    "appeals": 5_000,
    "requests": 2_000,
    "messages": 100_000,
    "entries": 1_000_000,
    "companies": 400,
    "cases": 200,
}
"""Rows in a town of a million; a smaller one has its share."""
REPORTS_DAYS: Final = 20

_AS_THEY_ARE: Final = (str, int, bool, bytes, type(None))

Row = dict[str, Any]


def furnish(town: Town, now: datetime) -> None:
    """Into Django's empty database. `now`: the moment at which the pages will be looked at."""
    furnish_places(town, now)
    _people(town, now)
    _lists(town, now)


def site_of(gate: int) -> int:
    return (gate - 1) // GATES_A_SITE + 1


def community_of(site: int) -> int:
    return (site - 1) // SITES_A_COMMUNITY + 1


def furnish_places(town: Town, now: datetime) -> None:
    from gatepass.centre.sites.models import Community, Device, Gate, Health, Site

    sites = site_of(town.gates)
    insert(Community, ({"name": f"街道 {n}"} for n in range(1, community_of(sites) + 1)))
    insert(
        Site,
        (
            {"community_id": community_of(n), "name": f"小区 {n}", "kind": "community", "x": n * 7 % 101,
             "y": n * 13 % 101}
            for n in range(1, sites + 1)
        ),
    )  # fmt: skip
    insert(
        Gate,
        (
            {"site_id": site_of(n), "name": f"{n % GATES_A_SITE + 1} 号门", "direction": "both", "configuration": 1,
             "rules": {}, "created_at": now}
            for n in range(1, town.gates + 1)
        ),
    )  # fmt: skip
    chance = random.Random(1)
    devices = [f"dev-{n}" for n in range(1, town.gates + 1)]
    rows = (
        {"id": name, "gate_id": n, "public_key": chance.randbytes(32), "software": "1.0", "enrolled_at": now}
        for n, name in enumerate(devices, 1)
    )
    insert(Device, rows)
    sound = [{"family": "sam", "state": "ready"}, {"family": "scanner", "state": "ready"}]
    ill = [{"family": "sam", "state": "absent"}, {"family": "scanner", "state": "ready"}]
    insert(
        Health,
        (
            {"device_id": name, "heard_at": now, "software": "1.0", "directory": 7, "knowledge_at": now, "kiosk": True,
             "readers": ill if n % 50 == 0 else sound, "reader_trouble": n % 50 == 0, "configuration": 1,
             "clock_offset_ms": 5, "waiting": 0}
            for n, name in enumerate(devices)
        ),
    )  # fmt: skip


def insert(model: Any, rows: Iterable[Row]) -> None:
    """As quick as SQLite takes them. What a row does not say has its default, or nothing."""
    from django.db import connection, models, transaction

    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'
    nothing = [
        0 if field.get_default() is None and not field.null and isinstance(field, models.IntegerField)
        else field.get_default()
        for field in fields
    ]  # fmt: skip

    # What SQLite takes as it is goes past Django's field by field; a moment is prepared once for its many rows.
    # Our own kinds of field encipher: they are never passed by.
    plain = [
        field.__class__.__module__.startswith("django.") and not isinstance(field, models.JSONField) for field in fields
    ]
    prepared: list[dict[Any, Any]] = [{} for _ in fields]

    def ready(place: int, value: Any) -> Any:
        if plain[place]:
            if value.__class__ in _AS_THEY_ARE:
                return value
            if isinstance(value, date):  # a datetime too
                known = prepared[place]
                if value not in known:
                    known[value] = fields[place].get_db_prep_save(value, connection)
                return known[value]
        return fields[place].get_db_prep_save(value, connection)

    names = [(place, field.attname, absent) for place, (field, absent) in enumerate(zip(fields, nothing, strict=True))]

    def values() -> Iterator[list[Any]]:
        for row in rows:
            yield [ready(place, row.get(name, absent)) for place, name, absent in names]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, values())


def _people(town: Town, now: datetime) -> None:
    from django.db import connection, transaction

    from gatepass.centre.codes.models import Code, CodeChange
    from gatepass.centre.facts.models import Fact
    from gatepass.centre.people.addresses.models import Place
    from gatepass.centre.people.households.models import Household, Membership
    from gatepass.centre.people.models import IdentityDocument, NameKey, NamePart, Phone, Resident
    from gatepass.centre.people.name_index import key_numbers
    from gatepass.centre.people.name_parts import parts_of
    from gatepass.demo.town import _DOUBLE, _SURNAMES
    from gatepass.identity.names import Name

    chance = random.Random(2)
    letters = [chr(code) for code in range(0x4E00, 0x9000, 7)]
    names = [
        chance.choice(_SURNAMES if chance.random() > 0.006 else _DOUBLE)
        + "".join(chance.choices(letters, k=chance.choice((1, 2, 2))))
        for _ in range(min(NAMES, town.people))
    ]
    chosen = [chance.randrange(len(names)) for _ in range(town.people)]
    homes = [site_of(person // PEOPLE_A_GATE % town.gates + 1) for person in range(town.people)]
    births = [f"{1930 + person % 90}-{person % 12 + 1:02}-{person % 28 + 1:02}" for person in range(town.people)]
    buildings = [
        {"site_id": site, "level": "building", "name": f"{n}幢", "path": f"{n}幢", "order": f"{n:04}"}
        for site in range(1, site_of(town.gates) + 1)
        for n in range(1, 21)
    ]
    insert(Place, iter(buildings))
    per_building = max(1, -(-town.people // IN_A_HOUSEHOLD // len(buildings)))
    insert(
        Place,
        (
            {"site_id": building["site_id"], "parent_id": place + 1, "level": "room", "name": f"{room}",
             "path": f"{building['path']} {room}", "order": f"{building['order']} {room:04}"}
            for place, building in enumerate(buildings)
            for room in range(101, 101 + per_building)
        ),
    )  # fmt: skip
    rooms = len(buildings) * per_building
    first_room = len(buildings) + 1
    insert(
        Resident,
        (
            {"site_id": homes[person], "full_name": names[chosen[person]], "birth": births[person], "sex": "female",
             "nationality": "CHN", "registered_at": now, "changed_at": now,
             "room_id": first_room + person // IN_A_HOUSEHOLD % rooms}
            for person in range(town.people)
        ),
    )  # fmt: skip
    keys = town.keys()
    insert(
        IdentityDocument,
        (
            {"kind": "resident_card", "issuer": "CHN", "number": "11010519491231002X", "resident_id": person + 1,
             "added_at": now, "person_key": keys[person].tobytes()}
            for person in range(town.people)
        ),
    )  # fmt: skip
    insert(
        Phone,
        (
            {"resident_id": person + 1, "number": "13800138000", "number_key": chance.randbytes(16), "preferred": True}
            for person in range(town.people)
        ),
    )
    insert(
        Household,
        (
            {"site_id": homes[first], "label": f"{first}", "room_id": first_room + first // IN_A_HOUSEHOLD % rooms}
            for first in range(0, town.people, IN_A_HOUSEHOLD)
        ),
    )
    insert(
        Membership,
        (
            {"household_id": person // IN_A_HOUSEHOLD + 1, "resident_id": person + 1,
             "since": now - timedelta(days=2_000), "relation": "other" if person % IN_A_HOUSEHOLD else "head"}
            for person in range(town.people)
        ),
    )  # fmt: skip
    numbers = [key_numbers.__wrapped__(Name(name, "", "")) for name in names]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {NameKey._meta.db_table} (key, site, birth_year, resident_id) VALUES (%s, %s, %s, %s)",
            sorted(
                (number, homes[person], int(births[person][:4]), person + 1)
                for person in range(town.people)
                for number in numbers[chosen[person]]
            ),
        )
    parts = [parts_of(Name(name, "", "")) for name in names]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {NamePart._meta.db_table} (part, name, resident_id) VALUES (%s, %s, %s)",
            sorted(
                (part, names[chosen[person]], person + 1)
                for person in range(town.people)
                for part in parts[chosen[person]]
            ),
        )
    colours = chance.choices((("green", "C"), ("yellow", "B1"), ("red", "A4")), (970, 25, 5), k=town.people)
    until = now + timedelta(days=10)
    insert(
        Code,
        (
            {"resident_id": person + 1, "colour": colour, "reason": reason, "since": now, "valid_until": until}
            for person, (colour, reason) in enumerate(colours)
        ),
    )
    insert(
        CodeChange,
        (
            {"resident_id": person + 1, "at": now - timedelta(minutes=10 * (town.people - person) % 40_000),
             "colour": colour, "reason": reason}
            for person, (colour, reason) in enumerate(colours)
        ),
    )  # fmt: skip
    insert(Fact, (fact for person in range(town.people) for fact in facts_of(person + 1, chance)))


def _lists(town: Town, now: datetime) -> None:
    from gatepass.centre.accounts.models import User
    from gatepass.centre.alarms.models import Alarm, Flip
    from gatepass.centre.api.models import Token
    from gatepass.centre.appeals.models import Appeal
    from gatepass.centre.applicants.models import Applicant
    from gatepass.centre.applications.facts import ApplicationFacts, packed
    from gatepass.centre.applications.models import Application
    from gatepass.centre.audit.models import Entry, Head
    from gatepass.centre.employers.models import Colleague, Company, WorkPermit
    from gatepass.centre.insights.models import Report, StageHour
    from gatepass.centre.mandates.models import Mandate
    from gatepass.centre.papers.models import Paper
    from gatepass.centre.people.imports.models import Import
    from gatepass.centre.people.imports.models import Row as ImportRow
    from gatepass.centre.policies.actions import write_version
    from gatepass.centre.privacy.models import Erasure, Receipt, Request
    from gatepass.centre.sending.models import Message
    from gatepass.centre.tracing.models import Case, Contact, Link
    from gatepass.identity import DocumentKind
    from gatepass.policy.colours import shipped
    from gatepass.policy.colours.facts import Declaration

    chance = random.Random(3)
    many = {name: max(n * town.people // 1_000_000, 10) for name, n in OF_A_MILLION.items()}
    sites = site_of(town.gates)
    ago = lambda minutes: now - timedelta(minutes=minutes)  # noqa: E731
    someone = lambda: chance.randrange(town.people) + 1  # noqa: E731
    user = User.objects.create(username="nobody", full_name="Nobody", is_active=False, created_at=now)
    insert(
        User,
        (
            {"username": f"staff{n}", "password": "!", "full_name": f"员工 {n}", "is_active": True, "created_at": now,
             "language": "zh-hans", "must_change_password": False}
            for n in range(500)
        ),
    )  # fmt: skip
    gates = [chance.randrange(town.gates) + 1 for _ in range(many["alarms"])]
    insert(
        Alarm,
        (
            {"kind": "gate_silent", "subject": f"gate:{gate} {n}", "site_id": site_of(gate),
             "community_id": community_of(site_of(gate)), "facts": {"gate": "1", "site": "1", "since": now.isoformat()},
             "state": "raised" if n >= many["alarms"] - OPEN_ALARMS else "cleared", "armed_at": ago(many["alarms"] - n),
             "alert_after": ago(many["alarms"] - n), "raised_at": ago(many["alarms"] - n),
             "last_at": ago(many["alarms"] - n),
             "cleared_at": None if n >= many["alarms"] - OPEN_ALARMS else ago(many["alarms"] - n - 1)}
            for n, gate in enumerate(gates)
        ),
    )  # fmt: skip
    insert(
        Flip,
        (
            {"alarm_id": n + 1, "at": ago(many["alarms"] - n), "old": "armed", "new": "raised"}
            for n in range(many["alarms"])
        ),
    )
    insert(
        Applicant,
        (
            {"channel": "sms", "contact": "13800138000", "contact_hash": chance.randbytes(32),
             "full_name": f"申请人 {n}", "language": "zh-hans", "created_at": now}
            for n in range(many["applications"])
        ),
    )  # fmt: skip
    facts = packed(
        ApplicationFacts(
            full_name="王小红", kind=DocumentKind.RESIDENT_CARD, number="11010519491231002X", issuer="CHN",
            birth="1949-12-31", declaration=Declaration(symptoms=(), temperature=None, contact=False, travelled=False),
        )
    )  # fmt: skip
    insert(
        Application,
        (
            {"applicant_id": n + 1, "site_id": chance.randrange(sites) + 1, "relation": "child", "consent": "spoken",
             "facts": facts, "person_key": chance.randbytes(16), "sent_at": ago(many["applications"] - n),
             "state": "sent" if n >= many["applications"] - WAITING else "approved",
             "decided_at": None if n >= many["applications"] - WAITING else now}
            for n in range(many["applications"])
        ),
    )  # fmt: skip
    insert(
        Mandate,
        (
            {"resident_id": someone(), "applicant_id": n + 1, "relation": "child", "consent": "spoken",
             "consented_at": now, "recorded_at": now}
            for n in range(many["applications"])
        ),
    )  # fmt: skip
    insert(
        Appeal,
        (
            {"resident_id": someone(), "applicant_id": n + 1, "about": "test", "words": "它不对", "colour": "yellow",
             "reason": "B1", "state": "sent" if n > many["appeals"] - 500 else "kept",
             "sent_at": ago(many["appeals"] - n),
             "due_at": ago(many["appeals"] - n - 2880)}
            for n in range(many["appeals"])
        ),
    )  # fmt: skip
    insert(
        Paper,
        (
            {"resident_id": n + 1, "serial": chance.randbytes(8), "person_key": chance.randbytes(16), "issued_at": now,
             "expires_at": now + timedelta(days=180), "issued_by_id": user.pk}
            for n in range(min(town.people, 100_000))
        ),
    )  # fmt: skip
    insert(
        Request,
        (
            {"resident_id": (who := someone()), "subject": who, "applicant_id": n + 1, "kind": "correct",
             "words": "错字",
             "state": "sent", "sent_at": ago(n), "due_at": now}
            for n in range(many["requests"])
        ),
    )  # fmt: skip
    insert(
        Erasure,
        (
            {"subject": 10**9 + n, "state": "done", "person_keys": b"", "asked_at": ago(n), "finished_at": now}
            for n in range(many["requests"])
        ),
    )
    insert(
        Receipt,
        (
            {
                "erasure_id": n // 10 + 1,
                "store": f"gate:{n % 10 + 1} dev-{n % 10 + 1}",
                "at": now,
                "counts": {"rows": 3},
            }
            for n in range(many["requests"] * 10)
        ),
    )
    insert(
        Message,
        (
            {"channel": "sms", "address": "13800138000", "kind": "alarm", "language": "zh-hans", "text": "…",
             "state": "sent", "queued_at": ago(many["messages"] - n), "due_at": ago(many["messages"] - n),
             "done_at": now}
            for n in range(many["messages"])
        ),
    )  # fmt: skip
    insert(
        Entry,
        (
            {"id": n + 1, "at": int(ago(many["entries"] - n).timestamp() * 1000), "actor": f"user:{n % 500 + 1}",
             "actor_name": f"员工 {n % 500}", "verb": ("resident:open", "code:set", "gate:find")[n % 3],
             "object": f"resident:{n % town.people + 1}", "fields": {}, "previous": bytes(32),
             "hash": (n + 1).to_bytes(32, "big")}
            for n in range(many["entries"])
        ),
    )  # fmt: skip
    Head.objects.update_or_create(
        pk=1, defaults={"entry": many["entries"], "hash": many["entries"].to_bytes(32, "big")}
    )
    insert(
        Company,
        (
            {"name": f"公司 {n}", "credit_code": f"{n:018}", "community_id": n % community_of(sites) + 1,
             "created_at": now}
            for n in range(many["companies"])
        ),
    )  # fmt: skip
    insert(
        Colleague,
        (
            {"company_id": n // COLLEAGUES + 1, "full_name": f"Colleague {n % COLLEAGUES}", "nationality": "KOR",
             "person_key": chance.randbytes(16), "number": "M12345678", "changed_at": now}
            for n in range(many["companies"] * COLLEAGUES)
        ),
    )  # fmt: skip
    insert(
        WorkPermit,
        (
            {"colleague_id": n + 1, "number": "33012345", "valid_until": now.date() + timedelta(days=n % 365)}
            for n in range(many["companies"] * COLLEAGUES)
        ),
    )
    insert(
        Report,
        (
            {"site_id": site, "day": town.last - timedelta(days=back), "made_at": now, "figures": FIGURES}
            for back in range(REPORTS_DAYS, 0, -1)
            for site in range(1, sites + 1)
        ),
    )
    insert(
        StageHour,
        (
            {"gate_id": gate, "day": town.last - timedelta(days=back), "hour": hour, "stage": stage, "n": 40,
             "total_us": 90_000}
            for back in range(2)
            for gate in range(1, town.gates + 1)
            for hour in range(6, 22)
            for stage in ("decided", "durable", "shown", "painted", "sounded")
        ),
    )  # fmt: skip
    for source in shipped().values():
        write_version(None, source)
    insert(
        Token,
        (
            {"name": f"program {n}", "token_hash": chance.randbytes(32), "scopes": ["codes"], "created_at": now,
             "created_by_id": user.pk, "expires_at": now + timedelta(days=90)}
            for n in range(100)
        ),
    )  # fmt: skip
    insert(
        Import,
        (
            {"by_id": user.pk, "kind": "residents", "state": "checked", "file_name": "list.xlsx",
             "site_id": n % sites + 1, "columns": {}, "header": 1, "preview": [], "total": 10_000, "done": 10_000,
             "created_at": ago(300 - n), "moved_at": now, "counts": {}}
            for n in range(300)
        ),
    )  # fmt: skip
    insert(
        ImportRow,
        (
            {"batch_id": 300, "number": n + 2, "values": '{"full_name": "王小红"}', "notes": {}, "faults": [],
             "finding": "ready", "candidates": [], "added": {}}
            for n in range(10_000)
        ),
    )  # fmt: skip
    insert(
        Case,
        (
            {"community_id": None, "reason": "一例", "legal_basis": "cn_infectious_diseases", "since": ago(20_000),
             "until": now, "expires_at": now + timedelta(days=3), "state": "closed" if n else "open",
             "opened_by_id": 1, "opened_at": ago(60 + n), "confirmed_by_id": 2, "confirmed_at": ago(50 + n),
             "closed_at": now if n else None, "candidates": CONTACTS, "counted_at": ago(40)}
            for n in range(many["cases"])
        ),
    )  # fmt: skip
    insert(
        Contact,
        (
            {"case_id": 1, "code": f"C{n:05}", "step": 1 if n else 0, "resident_id": n + 1, "kind": 3 if n else 0,
             "score": 1 / (n + 1), "first_met": ago(9_000), "last_met": ago(400), "number": "002X" if n == 0 else None}
            for n in range(CONTACTS)
        ),
    )  # fmt: skip
    insert(
        Link,
        (
            {"case_id": 1, "source_id": 1, "target_id": n + 1, "kind": 3, "score": 1 / n,
             "why": {"times": 3, "nearest_s": 40, "same_way": 2, "fewest": 4}}
            for n in range(1, CONTACTS)
        ),
    )  # fmt: skip


FIGURES: Final = {
    "first": "2026-11-01",
    "last": "2026-11-01",
    "hours": [[40, 40]] * 24,
    "days": [[960, 960]],
    "heat": [[80] * 24],
    "gates": [[str(gate), 96, 96, 200, 4, 1] for gate in range(1, 11)],
    "reasons": [["pass", "green", 1950], ["hold", "unknown", 40], ["refuse", "red", 10]],
    "documents": [["resident_card", "", 2000]],
    "before": [],
    "over": [960, 0],
}
