"""Of the same town: who came from abroad, who is in quarantine, visitors, questions, calls, neighbours who help.

Beside `_registry.py`, whose residents, sites and gates these rows name. Each kind has the rows that a town of a
million keeps after a month of an outbreak; a smaller town has its share.
"""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))

from _registry import insert, site_of
from _town import Town

OF_A_MILLION: Final = {
    "journeys": 20_000,
    "quarantines": 6_000,
    "reports": 20,
    "invitations": 60_000,
    "visits": 150_000,
    "questions": 20_000,
    "calls": 30_000,
    "volunteers": 2_000,
    "tasks": 10_000,
    "surveys": 100,
    "replies": 300,
}
"""Rows; reports of each quarantine and replies to each survey are the same in every town."""
OPEN_CASES, WAITING_VISITS, WAITING_QUESTIONS, WAITING_CALLS = 0.5, 0.05, 0.05, 0.0002
"""Shares that are still under way."""
LANGUAGES: Final = ("zh-hans", "zh-hant", "en", "ko", "ja")


def furnish_abroad(town: Town, now: datetime) -> None:
    from gatepass.centre.accounts.models import User
    from gatepass.centre.arrivals.models import Journey, Stay, Traveller
    from gatepass.centre.interpreting.models import Call
    from gatepass.centre.quarantine.models import Quarantine, Report
    from gatepass.centre.quarantine.rules import rules_at
    from gatepass.centre.questions.models import Question, new_code
    from gatepass.centre.rosters.models import Need, Shift
    from gatepass.centre.surveys.models import Reply, Survey
    from gatepass.centre.visitors.models import Invitation, Visit
    from gatepass.centre.volunteers.models import Hours, Task, Volunteer

    chance = random.Random(4)
    share = {name: max(n * town.people // 1_000_000, 10) for name, n in OF_A_MILLION.items()}
    sites = site_of(town.gates)
    ago = lambda minutes: now - timedelta(minutes=minutes)  # noqa: E731
    someone = lambda: chance.randrange(town.people) + 1  # noqa: E731
    somewhere = lambda: chance.randrange(sites) + 1  # noqa: E731
    speech = lambda: chance.choice(LANGUAGES)  # noqa: E731
    staff = User.objects.get(username="nobody").pk

    journeys = share["journeys"]
    came = [n < journeys * 0.9 for n in range(journeys)]
    insert(
        Journey,
        (
            {"manner": "self", "site_id": somewhere(), "arrives_at": ago((journeys - n) // 2 - 2_000), "port": "PVG",
             "transport": "flight", "number": "KL895", "state": "acknowledged" if came[n] else "sent",
             "created_at": ago(journeys - n), "changed_at": now, "sent_at": ago(journeys - n)}
            for n in range(journeys)
        ),
    )  # fmt: skip
    insert(
        Traveller,
        (
            {"journey_id": n + 1, "relation": "self", "full_name": f"TRAVELLER {n}", "birth": "1980-01-01",
             "sex": "male", "nationality": "NLD", "language": "en", "kind": "passport", "issuer": "NLD",
             "number": "XX0000000", "person_key": chance.randbytes(16), "doubtful": [], "confirmed": True,
             "state": "arrived" if came[n] else "expected", "arrived_at": ago(60) if came[n] else None,
             "seen": "gate" if came[n] else ""}
            for n in range(journeys)
        ),
    )  # fmt: skip
    insert(
        Stay,
        (
            {"journey_id": n + 1, "country": "NLD", "city": "Delft", "zone": "Europe/Amsterdam",
             "first": now.date() - timedelta(days=20), "last": now.date()}
            for n in range(journeys)
        ),
    )  # fmt: skip

    cases = share["quarantines"]
    rules = rules_at(now)
    kind = next(iter(rules.kind))
    open_ones = int(cases * OPEN_CASES)
    began = [ago(chance.randrange(60, 13 * 1440) if n < open_ones else 30 * 1440) for n in range(cases)]
    insert(
        Quarantine,
        (
            {"resident_id": n + 1, "kind": kind, "rules": rules.version, "zone": "Asia/Shanghai",
             "started_at": began[n], "ends_at": began[n] + timedelta(days=14), "opened_by_id": staff,
             "opened_at": began[n], "assignee_id": staff, "state": "open" if n < open_ones else "released",
             "closed_at": None if n < open_ones else began[n] + timedelta(days=14),
             "awaited": now if n < open_ones else None, "rung": "waiting", "alert_after": None,
             "last_report_at": ago(chance.randrange(1, 720))}
            for n in range(cases)
        ),
    )  # fmt: skip
    insert(
        Report,
        (
            {"quarantine_id": case + 1, "slot": ago(720 * back), "measured_at": ago(720 * back),
             "received_at": ago(720 * back), "tenths": 365, "symptoms": [], "via": "own", "key": f"{back}"}
            for case in range(cases)
            for back in range(OF_A_MILLION["reports"])
        ),
    )  # fmt: skip

    invitations = share["invitations"]
    insert(
        Invitation,
        (
            {"host_id": someone(), "name": "王阿姨", "language": speech(), "kind": "helper" if n % 3 == 0 else "guest",
             "purpose": "cleaning", "begins_at": ago(invitations - n), "ends_at": now + timedelta(days=n % 30),
             "weekdays": [1, 4] if n % 3 == 0 else [], "serial": chance.randbytes(8), "host_key": chance.randbytes(16),
             "token": "t", "token_hash": chance.randbytes(32), "issued_at": ago(invitations - n)}
            for n in range(invitations)
        ),
    )  # fmt: skip
    visits = share["visits"]
    still = int(visits * (1 - WAITING_VISITS))
    insert(
        Visit,
        (
            {"invitation_id": n % invitations + 1, "host_id": someone(), "site_id": somewhere(),
             "gate_id": chance.randrange(town.gates) + 1, "name": "王阿姨", "whom": "欧阳", "purpose": "cleaning",
             "state": "left" if n < still else "inside", "answer": "yes", "at": ago((visits - n) // 4),
             "came_at": ago((visits - n) // 4), "left_at": ago(1) if n < still else None,
             "leaves_by": ago((visits - n) // 4 - 240)}
            for n in range(visits)
        ),
    )  # fmt: skip

    questions = share["questions"]
    answered = int(questions * (1 - WAITING_QUESTIONS))
    insert(
        Question,
        (
            {"code": new_code(), "site_id": somewhere(), "gate_id": chance.randrange(town.gates) + 1, "key": f"{n}",
             "source": "gate", "language": speech(), "words": "May my cleaning lady come in?",
             "state": "answered" if n < answered else "open", "asked_at": ago(questions - n),
             "due_at": ago(questions - n - 600), "answer": "Yes." if n < answered else None,
             "answered_by_id": staff if n < answered else None,
             "answered_at": ago(1) if n < answered else None}
            for n in range(questions)
        ),
    )  # fmt: skip
    calls = share["calls"]
    over = int(calls * (1 - WAITING_CALLS))
    insert(
        Call,
        (
            {"language": speech(), "source": "kiosk", "site_id": somewhere(), "state": "ended" if n < over else "line",
             "state_at": ago(calls - n), "asked_at": ago(calls - n), "asker_seen_at": ago(calls - n),
             "ended_at": ago(calls - n - 5) if n < over else None, "outcome": "helped" if n < over else ""}
            for n in range(calls)
        ),
    )  # fmt: skip

    volunteers = share["volunteers"]
    insert(
        Volunteer,
        (
            {"applicant_id": n + 1, "resident_id": someone(), "languages": [speech()], "kinds": ["phone"],
             "state": "confirmed" if n % 10 else "applied", "applied_at": ago(n)}
            for n in range(volunteers)
        ),
    )  # fmt: skip
    insert(
        Hours,
        (
            {"volunteer_id": n + 1, "weekday": day, "starts": now.time().replace(hour=9), "ends": now.time()}
            for n in range(volunteers)
            for day in range(5)
        ),
    )
    insert(
        Task,
        (
            {"kind": "visit", "language": speech(), "site_id": somewhere(), "words": "…", "begins_at": ago(n),
             "ends_at": ago(n - 60), "state": "done" if n > 200 else "open", "asked_by_id": staff, "made_at": ago(n),
             "taken_by_id": n % volunteers + 1 if n > 200 else None, "closed_at": now if n > 200 else None,
             "minutes": 40 if n > 200 else None}
            for n in range(share["tasks"])
        ),
    )  # fmt: skip
    first = now.date() - timedelta(days=30)
    insert(
        Shift,
        (
            {"weekdays": [0, 1, 2, 3, 4, 5, 6], "starts": now.time().replace(hour=8 * (n % 3)),
             "ends": now.time().replace(hour=8 * (n % 3) + 7), "first_day": first, "user_id": n % 60 + 2,
             "languages": [LANGUAGES[n % 5]], "channels": ["video"], "every_weeks": 1, "made_at": now}
            for n in range(60)
        ),
    )  # fmt: skip
    insert(
        Need,
        (
            {"weekdays": [0, 1, 2, 3, 4, 5, 6], "starts": now.time().replace(hour=0),
             "ends": now.time().replace(hour=0), "first_day": first,
             "language": language, "channel": "video", "least": 1, "lead_hours": 48, "made_at": now}
            for language in LANGUAGES
        ),
    )  # fmt: skip
    insert(
        Survey,
        (
            {"community_id": n % max(sites // 10, 1) + 1, "due_on": now.date(), "made_by_id": staff,
             "made_at": ago(share["surveys"] - n)}
            for n in range(share["surveys"])
        ),
    )  # fmt: skip
    insert(
        Reply,
        (
            {"survey_id": survey + 1, "resident_id": (survey * 7_919 + n * 13) % town.people + 1,
             "state": "here" if n % 2 else "", "answered_at": now if n % 2 else None,
             "manner": "phone" if n % 2 else ""}
            for survey in range(share["surveys"])
            for n in range(OF_A_MILLION["replies"])
        ),
    )  # fmt: skip
