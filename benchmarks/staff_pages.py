"""Server time of every staff page over a town of `big_town`: lists with and without filters, boards, details, exports.

The pages are those of the URL conf, so that none is forgotten: each is asked as the first role that may open it, for
the whole town, in Chinese; what a page needs (a gate, a resident, a case) is taken from the middle of the town. Exports
are left out, since they are as long as what they export, and so is what changes something. Addresses that are no page
of the staff (residents' pages, programs, log-in) are not asked. The clock stands at six in the evening of the town's
last day: a whole day's counters, the busiest hour.

Server time is from the request's entry into Django's handler, middleware included, to the last byte of its answer; no
network and no server process around it. CPU is this process's and the database's. Beside it, in the same run, the
limit: an empty page through the same middleware (`/healthz`), and the frame of every page with nothing in it
(`/rights/`).

The first run furnishes the registry (`_registry.py`): residents, codes, applications, cases … of the same people who
pass the gates. Pages that hold more than 200 ms are marked.

    ./gatepass bench big_town --folder /mnt/disk/town --passages 100_000_000
    ./gatepass bench staff_pages --folder /mnt/disk/town
    ./gatepass bench staff_pages --folder /mnt/disk/town --postgres --only board
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))

from _centre import collect_as_the_centre
from _registry import community_of, furnish, site_of
from _registry_abroad import furnish_abroad
from _town import Town
from big_town import ZONE, serving_town, town_of
from reevaluation import set_up

PROMISED_MS: Final = 200.0

MORE: Final = {
    "board": ("?gate={gate}",),
    "passages": (
        "?outcome=refuse",
        "?outcome=hold&direction=in",
        "?method=typed",
        "?gate={gate}",
        "?since=2026-01-01T00:00&until={morning}",
        "{next}",
    ),
    "insights": ("?span=7", "?span=28", "?span=28&site={site}", "?span=1&gate={gate}"),
    "gates": ("?look=look", "?words=小区+25", "?page=90", "?community={community}"),
    "plan": ("?community={community}", "?part=1"),
    "residents": (
        "?words=王",
        "?words=欧阳",
        "?words={name}",
        "?site={site}",
        "?colour=red",
        "?colour=green&phone=yes",
        "?oldest=80",
        "?nationality=KOR",
        "?alone=yes",
        "?page=20",
    ),
    "households": ("?words=12", "?site={site}"),
    "places": ("?site={site}",),
    "search": ("?words=王", "?words={name}", "?words=小区 25"),
    "search_while_typing": ("?words=王", "?words=欧阳", "?words=小区"),
    "resident_duplicates": ("?full_name={name}&birth=1950-03-03",),
    "alarms": ("?state=cleared", "?page=300"),
    "applications": ("?state=approved", "?site={site}"),
    "audit": ("?verb=code:set", "?actor=user:5", "?page=400"),
    "messages": ("?state=sent",),
    "reports": ("?site={site}",),
    "appeals": ("?state=kept",),
    "contacts": ("?page=10",),
    "arrivals": ("?site={site}", "?page=2"),
    "quarantines": ("?state=released", "?page=2"),
    "visitors": ("?state=left", "?page=2"),
    "questions": ("?state=answered", "?page=2"),
    "call_list": ("?page=2",),
}
"""Further ways of asking a page, beside the bare one."""

POSTED: Final = ("search", "search_while_typing")
"""Pages whose words are posted, so that names and numbers stand in no address."""


class Asked(NamedTuple):
    page: str
    address: str


class Took(NamedTuple):
    wall: list[float]
    cpu: list[float]
    status: int
    size: int


def names() -> Iterator[tuple[str, str]]:
    """(name, route) of every address."""
    from django.urls import get_resolver

    def walk(patterns: Any, before: str, space: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            route = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                yield from walk(one.url_patterns, route, f"{space}{one.namespace}:" if one.namespace else space)
            else:
                yield space + one.name, route

    yield from walk(get_resolver().url_patterns, "/", "")


def readers() -> dict[str, Any]:
    """role -> somebody who has it in the whole town."""
    from gatepass.centre.accounts.models import Grant, User
    from gatepass.centre.accounts.roles import Role

    found = {}
    for place, role in enumerate(Role):
        user, _ = User.objects.get_or_create(
            username=f"bench-{role}", defaults={"full_name": str(role), "language": "zh-hans"}
        )
        User.objects.filter(pk=user.pk).update(must_change_password=False, language="zh-hans")
        Grant.objects.get_or_create(user=user, role=role, community=None, site=None)
        found[str(role)] = User.objects.get(pk=user.pk)
        del place
    return found


def parts(town: Town) -> dict[str, Any]:
    """What stands for `<int:gate>` in a route: from the middle of the town."""
    from gatepass.centre.people.models import Resident

    gate, person = town.gates // 2, town.people // 2
    morning = f"{town.last}T06:00"
    return {
        "gate": gate, "site": site_of(gate), "community": community_of(site_of(gate)), "resident": person,
        "user": 3, "alarm": 5, "application": 5, "appeal": 5, "company": 2, "colleague": 501 + 3, "permit": 1,
        "household": person // 3, "place": 5, "batch": 300, "number": 5,
        "version": 1, "case": 1, "journey": 5, "quarantine": 5, "question": 5, "call": 5, "volunteer": 5, "task": 5,
        "survey": 5, "visit": 5, "invitation": 5, "reply": 5, "traveller": 5, "token": 5, "row": 2,
        "contact": 5, "request_id": 5, "report": 5, "other": person + 1, "document": person,
        "morning": morning, "name": Resident.objects.get(pk=person).full_name, "table": "hours",
    }  # fmt: skip


ELSEWHERE: Final = "not a page of the staff"


def asked(town: Town) -> tuple[list[tuple[Asked, str]], list[tuple[str, str]]]:
    """((page, address), role) to ask, and (page, why) of what is left out."""
    from gatepass.centre.accounts.roles import ALLOWED, API, FACTORS, MY, OWN, PUBLIC

    known = parts(town)
    wanted, left = [], []
    for page, route in names():
        role = next((str(role) for role, pages in ALLOWED.items() if page in pages), "")
        if page in (*MY, *API, *PUBLIC, *FACTORS) and page != "healthz":
            left.append((page, ELSEWHERE))
            continue
        if not role and page not in (*OWN, "healthz"):
            left.append((page, "opens to nobody by this name"))
            continue
        if page.endswith(("_export", "_export_xlsx", "_pdf", "_json")) or page in {"report_file", "policy_file"}:
            left.append((page, "a file, as long as what it holds"))
            continue
        address = route
        for name, value in known.items():
            for kind in ("int", "str"):
                address = address.replace(f"<{kind}:{name}>", str(value))
        if "<" in address:
            left.append((page, f"{route}: nothing of the kind in this town"))
            continue
        role = role or "office"
        if page != "search_while_typing":  # nothing but posted
            wanted.append((Asked(page, address), role))
        further = (address + query.format(**known, next="{next}") for query in MORE.get(page, ()))
        wanted += [(Asked(page, one), role) for one in further]
    return wanted, left


def measure(client: Any, asked: Asked, rounds: int, cpu: Any) -> Took:
    took = Took([], [], 0, 0)
    status = size = 0
    address, _, words = asked.address.partition("?words=") if asked.page in POSTED else (asked.address, "", "")
    ask = partial(client.post, address, {"words": words}) if words else partial(client.get, address)
    for _ in range(rounds):
        used, began = cpu(), time.perf_counter()
        answer = ask()
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        took.wall.append((time.perf_counter() - began) * 1000)
        took.cpu.append(cpu() - used)
        status, size = answer.status_code, len(body)
        if status != 200:
            break
    return took._replace(status=status, size=size)


def cpu_ms() -> float:
    """That this process, and the database's processes which answer it, have used so far."""
    from gatepass.centre.passages.storage import passage_log

    used = time.process_time() * 1000
    for connection in getattr(getattr(passage_log(), "_connections", None), "_idle", ()):
        fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    return used


def pages(town: Town, wanted: argparse.Namespace) -> None:
    from django.test import Client

    from gatepass.centre.accounts.models import User

    users = readers()
    clients: dict[str, Client] = {}
    for role, user in users.items():
        clients[role] = Client()
        clients[role].force_login(user)
    User.objects.count()
    asks, left = asked(town)
    print("| page | address | role | p50 ms | p95 ms | max ms | CPU ms | first ms | kB | |")
    print("|---|---|---|---:|---:|---:|---:|---:|---:|---|")
    missed = 0
    for (page, route), role in asks:
        if wanted.only and page not in wanted.only and page != "healthz":
            continue
        address = _next(clients[role], route.replace("{next}", "")) if "{next}" in route else route
        try:
            first = measure(clients[role], Asked(page, address), 1, cpu_ms)
        except Exception as fault:  # noqa: BLE001 (a page that fails must not hide the others)
            said = f"{type(fault).__name__} {str(fault)[:80]}"
            print(f"| {page} | `{address[:70]}` | {role} | fails: {said} | | | | | | |")
            continue
        if first.status != 200:
            left.append((page, f"{address} answers {first.status}: it changes something, or has nothing to show here"))
            continue
        took = measure(clients[role], Asked(page, address), wanted.rounds, cpu_ms)
        p50, p95, most = np.percentile(took.wall, (50, 95, 100))
        over = p95 > PROMISED_MS
        missed += over
        print(
            f"| {page} | `{address[:70]}` | {role} | {p50:,.1f} | {p95:,.1f} | {most:,.1f} | {np.mean(took.cpu):,.1f} |"
            f" {first.wall[0]:,.0f} | {took.size / 1000:,.0f} | {'**over**' if over else ''} |",
            flush=True,
        )
    print(f"\n{missed} over {PROMISED_MS:.0f} ms p95; load at the end {os.getloadavg()[0]:.1f}")
    if not wanted.only:
        print("\nLeft out:")
        for page, why in left:
            if why != ELSEWHERE:
                print(f"- {page}: {why}")


def _next(client: Any, address: str) -> str:
    """The address of the page after the first one, as the page itself has it."""
    import re

    found = re.search(r'href="\?([^"]*after=[^"]*)"', client.get(address).content.decode())
    return f"{address}?{found[1].replace('&amp;', '&')}" if found else address


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="./gatepass bench staff_pages"
    )
    parser.add_argument("--folder", type=Path, help="a town of `big_town`; without it the benchmark is passed over")
    parser.add_argument("--postgres", action="store_true", help="the passages are in the folder's own PostgreSQL")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", nargs="*", help="these pages only, by their names")
    wanted = parser.parse_args(argv)
    if wanted.folder is None:
        print("passed over: make a town with `./gatepass bench big_town`, then name its folder by --folder")
        return
    town = town_of(wanted.folder)
    with ExitStack() as stack:
        if wanted.postgres:
            os.environ["GATEPASS_CENTRE_PASSAGES_DSN"] = stack.enter_context(serving_town(wanted.folder))
        os.environ["GATEPASS_CENTRE_SECOND_FACTOR_ROLES"] = ""
        set_up(wanted.folder)
        import time_machine
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["*"]
        moment = datetime(town.last.year, town.last.month, town.last.day, 18, 0, tzinfo=ZONE)
        stack.enter_context(time_machine.travel(moment, tick=True))
        from gatepass.centre.passages.storage import close_passage_log, passage_log
        from gatepass.centre.quarantine.models import Quarantine
        from gatepass.centre.sites.models import Gate, Health

        if not Gate.objects.exists():
            furnish(town, moment)
        if not Quarantine.objects.exists():
            furnish_abroad(town, moment)
        Health.objects.update(heard_at=moment.replace(hour=23), knowledge_at=moment)
        stack.callback(close_passage_log)
        engine = "PostgreSQL" if wanted.postgres else "SQLite"
        print(
            f"{engine}: {town.passages:,} passages in {len(passage_log().days())} days, {town.people:,} residents,"
            f" {town.gates:,} gates; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {wanted.rounds} times"
            " each\n"
        )
        collect_as_the_centre()
        pages(town, wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
