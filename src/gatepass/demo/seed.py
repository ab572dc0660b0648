"""Write the simulated town into a fresh centre: `python -m gatepass.demo.seed RESIDENTS SEED`, then print its facts.

Runs in a process of its own with GATEPASS_CENTRE_DIR set. Uses the same verbs as the staff site, so that the audit
chain of a demo is whole as well.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from typing import Any

import django


def main(residents: int, seed: int) -> dict[str, Any]:
    """Communities, gates, staff, residents, facts, colours, codes; returns log-ins and enrolment codes (JSON-able)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    django.setup()
    # Django's models can only be imported after its set-up.
    from gatepass.centre import schema
    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.roles import Role
    from gatepass.centre.people.actions import Registration, import_residents
    from gatepass.centre.sites.actions import (
        create_community,
        create_gate,
        create_site,
        issue_enrolment_code,
        place_site,
    )
    from gatepass.centre.sites.models import Site
    from gatepass.demo import seed_lives
    from gatepass.demo.carried import ENROLLED_CARD, HOLDERS
    from gatepass.demo.town import COMMUNITY, GATES, STREET, people

    schema.bring_up_to_date()
    community = create_community(None, COMMUNITY)
    estate = create_site(None, community, COMMUNITY, f"杭州市{STREET}定安路")
    office = create_site(None, community, "行政服务中心", f"杭州市{STREET}定安路1号", kind=Site.Kind.SERVICE)
    place_site(None, estate, 35, 40)
    place_site(None, office, 65, 60)
    gates = []
    for name, direction in GATES:
        gate = create_gate(None, office if name == "办事大厅" else estate, name, direction)
        gates.append({"id": gate.pk, "name": name, "code": issue_enrolment_code(None, gate).code})

    staff, users = [], {}
    for username, full_name, role in (
        ("admin", "管理员", Role.ADMINISTRATOR),
        ("office", "陈主任", Role.OFFICE),
        ("guard", "刘队长", Role.GUARD_LEAD),
        ("auditor", "周审计", Role.AUDITOR),
        ("second", "沈医生", Role.ADMINISTRATOR),
        ("social", "钱小梅", Role.SOCIAL_WORKER),
        ("grid", "朴网格员", Role.GRID_WORKER),
        ("kim", "김서연", Role.INTERPRETER),
        ("park", "박민준", Role.INTERPRETER),
        # A tracing case is opened by one of them and confirmed by the other.
        ("tracer", "何流调", Role.TRACER),
        ("tracer2", "郑流调", Role.TRACER),
    ):
        whole_town = role in {Role.ADMINISTRATOR, Role.AUDITOR}
        languages = ("ko", "en") if role is Role.INTERPRETER else ()
        wish = GrantWish(role, None if whole_town else community, languages=languages)
        password = secrets.token_urlsafe(9)
        users[username], _ = create_staff(None, username, full_name, [wish], password=password)
        staff.append({"username": username, "password": password, "role": str(role.value)})

    seed_lives.put_policy_in_force(users["admin"], users["second"])

    town = [person for person in people(residents, seed) if person.registered] + list(HOLDERS)
    registered = import_residents(
        [
            Registration(
                document=person.document,
                site=estate.pk,
                phone=person.phone,
                household=person.household.partition(STREET)[2],
                address=person.household,
                further=(ENROLLED_CARD,) if person.key == "enrolled" else (),
            )
            for person in town
        ]
    )
    seed_lives.tell_lives(list(zip(registered, town, strict=True)))
    of = {person.key: resident for resident, person in zip(registered, town, strict=True)}
    daughter = seed_lives.make_applicant(seed_lives.DAUGHTER, "顾小月")
    codes = seed_lives.issue_codes(of, daughter)
    seed_lives.fill_the_desk(of, estate, daughter)
    seed_lives.open_company(users["office"], users["grid"], community)
    seed_lives.open_roster(users["office"], users["kim"], users["park"], community, estate)
    seed_lives.deliver_messages()
    return {
        "gates": gates,
        "staff": staff,
        "guard_pin": f"{secrets.randbelow(10**6):06d}",
        "codes": codes,
        "applicant": seed_lives.DAUGHTER,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2])), ensure_ascii=False))
