"""Quarantine at a thousand times the speed of life, with workers that are killed: what is promised, counted afterwards.

A town of so many cases lives through so many days of a clock of its own. People report, forget, report late, have a
fever; some are never heard of. Workers in processes of their own follow missing reports up, and every few hours of that
clock one of them is killed with SIGKILL, every second time while everybody's steps are being taken, and another one
begins. On the last day everybody's release is asked for. Then everything is reckoned a second time, in plain Python,
from what the people did:

  every missing report   each step once, none that should not be, each within a second of life
  every fever            an alarm, in the transaction of the report
  every case             open, unless it was released: silence closes none
  every release          exactly where the criteria hold

    ./gatepass bench quarantine                                     10,000 cases, 14 days, 1,000 x: some 20 minutes
    ./gatepass bench quarantine --cases 30 --days 1 --speed 20000 --patient      the suite's own

Exit status 1 where a promise is broken, the thousand times among them. The clock goes no faster than `--speed`, a
little more than is promised on the average, and waits while reports are written; with `--patient` also while a step is
due, so that a busy machine tells nothing of speed and lateness, and all of the rest.
"""

from __future__ import annotations

import argparse
import bisect
import contextlib
import gc
import mmap
import multiprocessing
import os
import platform
import random
import struct
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SEED = 20261128
T0 = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
MINUTE = timedelta(minutes=1)
IN_TIME = 1.0
"""Seconds of life from when a step was due until it was durable; people are promised a minute.

The simulated clock goes on meanwhile and says a thousand times as much, which is printed beside it.
"""
PROMISED = 1000.0
"""Times the speed of life."""

POLL = 0.02
"""Seconds that a worker with nothing to do sleeps: 20 s of the clock at 1,000 x, and not half a core for the two."""


def set_up(folder: Path) -> None:
    os.environ["GATEPASS_CENTRE_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    import django
    import structlog

    django.setup()
    structlog.configure(processors=[lambda _logger, _name, _event: (_ for _ in ()).throw(structlog.DropEvent)])
    from gatepass.centre.schema import bring_up_to_date

    bring_up_to_date()


class Clock:
    """The simulated time, in a file that every process maps."""

    def __init__(self, folder: Path) -> None:
        path = folder / "clock"
        if not path.exists():
            path.write_bytes(struct.pack("<d", T0.timestamp()))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("<d", self._map[:8])[0], UTC)

    def set(self, moment: datetime) -> None:
        self._map[:8] = struct.pack("<d", moment.timestamp())


def work(folder: Path, town: int, place: int, of: int) -> None:
    """A worker: moves what is due by the clock of its share, and writes down how long each round took, and its end.

    Killed, never stopped.
    """
    from django.db import OperationalError

    from gatepass.centre.quarantine.ladder import move_due

    clock = Clock(folder)
    with (folder / f"rounds-{os.getpid()}").open("a") as rounds:
        while os.getppid() == town:
            now, moved = clock.now(), 0
            with contextlib.suppress(OperationalError):  # the lock was taken for too long: again
                moved = move_due(now, place=place, of=of)
            if moved:
                rounds.write(f"{now.isoformat()} {(clock.now() - now).total_seconds()} {time.monotonic()}\n")
                rounds.flush()
            else:
                time.sleep(POLL)


def start_worker(folder: Path, place: int, of: int) -> multiprocessing.Process:
    """A process of its own, with its own connections, that need not import everything once more."""
    from django.db import connections

    connections.close_all()
    gc.collect()  # a cursor in the circle of an error would keep the file open over the fork, with its locks
    worker = multiprocessing.get_context("fork").Process(target=work, args=(folder, os.getpid(), place, of))
    worker.start()
    return worker


def settle(cases: int) -> list[Any]:
    """Residents with a telephone, each in quarantine from the first minute."""
    from gatepass.centre.people.access import phone_key
    from gatepass.centre.people.models import Phone, Resident
    from gatepass.centre.quarantine.actions import open_case
    from gatepass.centre.sites.actions import create_community, create_site

    site = create_site(None, create_community(None, "c"), "s")
    Resident.objects.bulk_create(
        Resident(site=site, full_name=f"N{number}", registered_at=T0, changed_at=T0) for number in range(cases)
    )
    people = list(Resident.objects.select_related("site").order_by("pk"))
    numbers = [f"138{10_000_000 + place}" for place in range(cases)]
    Phone.objects.bulk_create(
        Phone(resident=one, number=number, number_key=phone_key(number), purpose="own")
        for one, number in zip(people, numbers, strict=True)
    )
    return [open_case(None, one, kind="home", started_at=T0, now=T0) for one in people]


def plan(cases: list[Any], until: datetime) -> tuple[dict[int, list[tuple[Any, Any, int, bool]]], dict[Any, Any]]:
    """Minute -> reports, and (case, due) -> when its report comes, or None for never.

    Nobody reports within five minutes of the moment of a step: what would be expected then is anybody's guess.
    """
    from gatepass.centre.quarantine import calendar

    chance = random.Random(SEED)
    rule, zone = cases[0].rule, cases[0].civil
    slots = calendar.slots_between(T0, until, rule.times, zone)
    minutes: dict[int, list[Any]] = defaultdict(list)
    comes: dict[Any, Any] = {}
    for place, case in enumerate(cases):
        for slot in slots:
            kind = chance.random()
            alert = slot.due + rule.grace + 5 * MINUTE
            if place % 50 == 49 or kind < 0.05:
                comes[case.pk, slot.due] = None
                continue
            if kind < 0.07:
                after = chance.choice([chance.randint(6, 24), chance.randint(36, 90)])
                moment = alert + after * MINUTE
            else:
                wide = int((slot.due - slot.opens) / MINUTE)
                moment = max(slot.opens, T0) + chance.randint(1, wide) * MINUTE
                moment = min(moment, slot.due)
            feverish = chance.random() < 0.003
            comes[case.pk, slot.due] = (moment, feverish)
            minutes[int((moment - T0) / MINUTE)].append((case, slot, 381 if feverish else 365, feverish))
    return minutes, comes


def deaths(case: Any, last: int, kill_every: int) -> dict[int, float]:
    """Minute -> real seconds after it began at which a worker dies; every second time in a minute of many steps."""
    from gatepass.centre.quarantine import calendar

    chance = random.Random(SEED + 1)
    slots = calendar.slots_between(T0, T0 + last * MINUTE, case.rule.times, case.civil)
    alerts = (int((slot.due + case.rule.grace - T0) / MINUTE) + 5 for slot in slots)
    busy = sorted(alert + after for alert in alerts for after in {after for _rung, after in LADDER})
    found = {}
    for place, minute in enumerate(range(kill_every - 1, last - 60, kill_every)):
        following = bisect.bisect_left(busy, minute) + chance.randrange(2)
        found[busy[following] if place % 2 and following < len(busy) else minute] = chance.uniform(0, 0.03)
    return found


def _until_nothing_is_due(now: datetime) -> None:
    from gatepass.centre.quarantine.models import Quarantine

    patience = time.perf_counter() + 120
    while Quarantine.objects.filter(state="open", alert_after__lte=now).exists():
        if time.perf_counter() > patience:
            raise SystemExit("no worker moves what is due")
        time.sleep(0.01)


def live(
    folder: Path, cases: list[Any], days: int, speed: float, workers: int, kill_every: int, *, patient: bool
) -> dict[str, Any]:
    from gatepass.centre.quarantine.models import Report
    from gatepass.centre.quarantine.reports import Told, record_reports

    until = T0 + timedelta(days=days)
    last = int((until - T0) / MINUTE) + 240
    minutes, comes = plan(cases, T0 + last * MINUTE)
    clock, chance, dies = Clock(folder), random.Random(SEED + 2), deaths(cases[0], last, kill_every)
    gc.collect()
    gc.freeze()  # so that no worker copies the whole town when it collects
    crew, killed = [start_worker(folder, place, workers) for place in range(workers)], 0
    time.sleep(0.5)  # until they have begun
    began = next_at = time.perf_counter()
    ticks: list[float] = []
    try:
        for minute in range(last + 1):
            now = T0 + minute * MINUTE
            clock.set(now)
            ticks.append(time.monotonic())
            if told := minutes.get(minute):
                record_reports(
                    None,
                    [
                        (case, Told(tenths, measured_at=now, key=f"{slot.due:%m%d%H}"), Report.Via.OWN)
                        for case, slot, tenths, _feverish in told
                    ],
                    now,
                )
            if minute in dies:
                time.sleep(dies[minute])
                place = chance.randrange(workers)
                crew[place].kill()
                crew[place].join()
                crew[place] = start_worker(folder, place, workers)
                killed += 1
            if patient:
                _until_nothing_is_due(now)
            # What was lost is not made up for: a clock that runs faster would make everybody late.
            next_at = max(next_at + 60 / speed, time.perf_counter())
            time.sleep(max(0.0, next_at - time.perf_counter()))
        seconds = time.perf_counter() - began
        time.sleep(1)  # for what became due in the last minute
    finally:
        for one in crew:
            one.kill()
            one.join()
    return {"comes": comes, "seconds": seconds, "killed": killed, "until": until, "last": last, "ticks": ticks}


LADDER = (("resident", 0), ("household", 30), ("volunteer", 30), ("roster", 30), ("desk", 30))
"""Minutes from the end of the grace: whoever nobody can ask for is skipped, and the next one asked at once."""
Key = tuple[int, datetime, str]
"""(case, when the report was due, rung)"""


def expected_steps(cases: list[Any], comes: dict[Any, Any], end: datetime) -> dict[Key, datetime]:
    """When each step is due, reckoned a second time from what the people did."""
    by_pk, wanted = {case.pk: case for case in cases}, {}
    for (pk, due), came in comes.items():
        case = by_pk[pk]
        for rung, after in LADDER:
            moment = due + case.rule.grace + (5 + after) * MINUTE
            if (came is None or came[0] > moment) and moment <= end and due <= case.ends_at:
                wanted[pk, due, rung] = moment
    return wanted


def overtaken(wanted: dict[Key, datetime], taken: set[Key], comes: dict[Any, Any]) -> dict[Key, float]:
    """Steps whose report came while they were still to be taken -> how long they had been due then, s of the clock.

    Nobody is asked for a report that is there, so such a step is never taken. It is late, by so much at least, and no
    step that was forgotten.
    """
    late = {}
    for key in wanted.keys() - taken:
        came = comes[key[0], key[1]]
        if came is not None:
            late[key] = (came[0] - wanted[key]).total_seconds()
    return late


def faults_of(cases: list[Any], lived: dict[str, Any], table: list[str], folder: Path, in_time: float) -> list[str]:
    from django.db.models import Sum

    from gatepass.centre.alarms.models import Alarm
    from gatepass.centre.quarantine.ladder import IN_ONE_STEP
    from gatepass.centre.quarantine.models import Quarantine, Report, Step

    faults: list[str] = []
    wanted = expected_steps(cases, lived["comes"], T0 + lived["last"] * MINUTE)
    rows = list(Step.objects.exclude(rung="waiting").values_list("quarantine", "slot", "rung", "due_at", "at"))
    found = Counter((pk, slot, rung) for pk, slot, rung, _due, _at in rows)
    beaten = overtaken(wanted, set(found), lived["comes"])
    missing = wanted.keys() - found.keys() - beaten.keys()
    faults += [f"{len(missing)} steps are missing"] if missing else []
    faults += [f"{len(found.keys() - wanted.keys())} steps too many"] if found.keys() - wanted.keys() else []
    faults += ["a step was taken twice"] if any(times > 1 for times in found.values()) else []
    rounds: dict[datetime, float] = {}
    ends: dict[datetime, float] = {}
    for path in folder.glob("rounds-*"):
        for line in path.read_text().splitlines():
            begun, seconds, end = line.split()
            at = datetime.fromisoformat(begun)
            rounds[at] = max(float(seconds), rounds.get(at, 0.0))
            ends[at] = max(float(end), ends.get(at, 0.0))
    # A step carries the moment at which its round began; it was durable when the round was over.
    late = [(at - wanted.get((pk, slot, rung), at)).total_seconds() + rounds.get(at, 0.0)
            for pk, slot, rung, _due, at in rows]  # fmt: skip
    late = sorted([*late, *beaten.values()])
    # The same by a clock on the wall: of a step that was overtaken, when that report came.
    ticks = lived["ticks"]
    passed = [
        ends.get(at, ticks[_minute(at)]) - ticks[_minute(wanted.get((pk, slot, rung), at))]
        for pk, slot, rung, _due, at in rows
    ]
    passed += [
        ticks[_minute(wanted[key]) + int(seconds / 60)] - ticks[_minute(wanted[key])] for key, seconds in beaten.items()
    ]
    passed.sort()
    worst = passed[-1] if passed else 0.0
    each_once = not faults
    if worst > in_time:
        faults.append(f"a step came up to {worst:.2f} s of life after its time")
    desk = Counter(pk for pk, _slot, rung in found if rung == "desk")
    missed = Alarm.objects.filter(kind="quarantine_report_missed").values("subject").annotate(times=Sum("count"))
    raised = {int(one["subject"].split(":")[1]): one["times"] for one in missed}
    faults += ["alarms at the desk differ from the steps"] if raised != dict(desk) else []
    fevers = Report.objects.filter(alarming=True).count()
    told = Alarm.objects.filter(kind="quarantine_symptom").aggregate(times=Sum("count"))["times"] or 0
    faults += [f"{fevers} fevers, {told} alarms"] if fevers != told else []
    closed = Quarantine.objects.exclude(state="open").count()
    faults += [f"{closed} cases closed by themselves"] if closed else []
    spent = sorted(rounds.values())
    longest = f"{_at(spent, 0.5):.0f} / {_at(spent, 1):.0f}"
    table += [
        f"| missing reports followed up | {sum(1 for key in wanted if key[2] == 'resident'):,} |",
        f"| steps of the ladder, expected / taken | {len(wanted):,} / {len(rows):,} |",
        f"| each once, none too many | {'yes' if each_once else '**no**'} |",
        f"| of these, the report came first, for the step was late | {len(beaten):,} |",
        f"| late, p50 / p99 / max, s of life | {' / '.join(f'{_at(passed, one):.2f}' for one in (0.5, 0.99, 1))} |",
        f"| the same by the clock, s | {' / '.join(f'{_at(late, one):.0f}' for one in (0.5, 0.99, 1))} |",
        f"| a round of {IN_ONE_STEP} cases at most, median / max, s of the clock | {longest} |",
        f"| fevers, each an alarm with its report | {fevers:,} |",
        f"| alarms at the desk | {sum(desk.values()):,} |",
        f"| workers killed with SIGKILL | {lived['killed']} |",
        f"| cases closed by silence | {closed} |",
    ]
    return faults


def _minute(moment: datetime) -> int:
    return int((moment - T0) / MINUTE)


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def may_go(told: dict[datetime, Any], ends_at: datetime, now: datetime) -> bool:
    """The criteria of `home` in plain words, from what one person did: when a report was due -> (when it came, fever).

    The period is over; measured in the last three days, and without a fever; three of four reports came of those that
    were due within the period.
    """
    within = [came for due, came in told.items() if due <= ends_at]
    recent = [came for came in told.values() if came and now - timedelta(days=3) < came[0] <= now]
    reported = 4 * sum(1 for came in within if came) >= 3 * len(within)
    return now >= ends_at and reported and bool(recent) and not any(feverish for _moment, feverish in recent)


def release_all(cases: list[Any], lived: dict[str, Any], table: list[str]) -> list[str]:
    """Everybody's release is asked for when all was lived; what the criteria should say is reckoned again."""
    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.roles import Role
    from gatepass.centre.errors import RefusedError
    from gatepass.centre.quarantine.models import Notice, Quarantine
    from gatepass.centre.quarantine.releasing import ask_for_release

    worker, _password = create_staff(None, "soc", "Social", [GrantWish(Role.SOCIAL_WORKER)], password="a b c d e f g")
    now, faults, released = T0 + lived["last"] * MINUTE, [], set()
    for case in cases:
        try:
            ask_for_release(worker, case, now=now)
            released.add(case.pk)
        except RefusedError as refused:
            if refused.code != "release_criteria":
                faults.append(f"refused for another reason: {refused.code}")
    told: dict[int, dict[datetime, Any]] = defaultdict(dict)
    for (pk, due), came in lived["comes"].items():
        told[pk][due] = came
    should = {case.pk for case in cases if may_go(told[case.pk], case.ends_at, now)}
    if released != should:
        faults.append(f"{len(released - should)} released without criteria, {len(should - released)} held back")
    standing = Quarantine.objects.filter(state="open").count()
    if standing != len(cases) - len(released) or Notice.objects.count() != len(released):
        faults.append("cases, releases and notices do not agree")
    table += [f"| released where the criteria hold / left open | {len(released):,} / {standing:,} |"]
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--speed", type=float, default=1050.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill-every", type=int, default=360, help="Minutes of the clock.")
    parser.add_argument("--in-time", type=float, default=IN_TIME, help="Seconds of life that a step may take.")
    parser.add_argument(
        "--patient", action="store_true", help="The clock stands still while a step is due: for a busy machine."
    )
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        Clock(folder)
        cases = settle(said.cases)
        lived = live(folder, cases, said.days, said.speed, said.workers, said.kill_every, patient=said.patient)
        reached = (lived["last"] + 1) * 60 / lived["seconds"]
        table = [
            f"{os.cpu_count()} cores, Python {platform.python_version()}, {said.cases:,} cases, {said.days} days",
            "",
            "| quarantine | |",
            "|---|---|",
            f"| speed reached | {reached:,.0f} x ({lived['seconds']:.0f} s) |",
        ]
        slow = reached < PROMISED <= said.speed and not said.patient
        faults = [f"{reached:,.0f} x, not {PROMISED:,.0f}"] if slow else []
        faults += faults_of(cases, lived, table, folder, said.in_time)
        if said.days >= 14:
            faults += release_all(cases, lived, table)
    print("\n".join([*table, "", *(f"BROKEN: {fault}" for fault in faults)]))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
