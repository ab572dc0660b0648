"""Write the simulated town into a fresh centre: `python -m gatepass.demo.seed RESIDENTS SEED`, then print its facts.

Runs in a process of its own with GATEPASS_CENTRE_DIR set. Uses the same verbs as the staff site, so that the audit
chain of a demo is whole as well.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import timedelta
from typing import Any

import django


def main(residents: int, seed: int) -> dict[str, Any]:
    """Communities, gates, staff, residents, colours; returns log-ins and enrolment codes (JSON-able)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    django.setup()
    # Django's models can only be imported after its set-up.
    from django.core.management import call_command
    from django.utils import timezone

    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.roles import Role
    from gatepass.centre.codes.actions import Grading, import_colours
    from gatepass.centre.people.actions import Registration, import_residents
    from gatepass.centre.sites.actions import create_community, create_gate, create_site, issue_enrolment_code
    from gatepass.demo.town import COMMUNITY, GATES, STREET, people
    from gatepass.policy import Colour

    call_command("migrate", verbosity=0)
    community = create_community(None, COMMUNITY)
    estate = create_site(None, community, COMMUNITY, f"杭州市{STREET}定安路")
    office = create_site(None, community, "行政服务中心", f"杭州市{STREET}定安路1号")
    gates = []
    for name, direction in GATES:
        gate = create_gate(None, office if name == "办事大厅" else estate, name, direction)
        gates.append({"id": gate.pk, "name": name, "code": issue_enrolment_code(None, gate).code})

    staff = []
    for username, full_name, role in (
        ("admin", "管理员", Role.ADMINISTRATOR),
        ("office", "陈主任", Role.OFFICE),
        ("guard", "刘队长", Role.GUARD_LEAD),
        ("auditor", "周审计", Role.AUDITOR),
    ):
        whole_town = role in {Role.ADMINISTRATOR, Role.AUDITOR}
        wish = GrantWish(role, None if whole_town else community)
        password = secrets.token_urlsafe(9)
        create_staff(None, username, full_name, [wish], password=password)
        staff.append({"username": username, "password": password, "role": str(role.value)})

    town = [person for person in people(residents, seed) if person.registered]
    registered = import_residents(
        [
            Registration(
                document=person.document,
                site=estate.pk,
                phone=person.phone,
                household=person.household.partition(STREET)[2],
                address=person.household,
            )
            for person in town
        ]
    )
    reasons = {Colour.GREEN: "C", Colour.YELLOW: "B1", Colour.RED: "A1"}
    until = timezone.now() + timedelta(days=14)
    import_colours(
        [
            (resident, Grading(person.colour, reasons[person.colour], person.advice, until))
            if person.colour
            else (resident, Grading(None, "", person.advice))
            for resident, person in zip(registered, town, strict=True)
        ]
    )
    return {"gates": gates, "staff": staff, "guard_pin": f"{secrets.randbelow(10**6):06d}"}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2])), ensure_ascii=False))
