"""On a thread of the serving process: whose facts have changed, whose day has ended, and what run was asked for.

Two threads: the quick one looks at single residents each quarter of a second; the slow one has runs, one after the
other. Of several processes on one folder, one works (`one_worker`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.utils import timezone

from gatepass.centre.one_worker import Task, Worker
from gatepass.centre.policies.actions import begin_terms, look_at_due, look_at_waiting
from gatepass.centre.policies.in_force import Rulebook, rulebook, trial
from gatepass.centre.policies.models import Run
from gatepass.centre.policies.reports import Report
from gatepass.centre.policies.runs import CancelledError, judge_everybody

TICK = 0.25
SHOWN_EVERY = 0.5
"""Seconds between two lines of progress in the database."""

log = structlog.get_logger(__name__)


def tick() -> None:
    """One round of the quick thread: terms that have come, residents who wait, codes whose day has ended."""
    now = timezone.now()
    begin_terms(now)
    while look_at_waiting():
        pass
    while look_at_due(now):
        pass


def work_off(stopping: Callable[[], bool] = lambda: False) -> bool:
    """The run that has waited longest, to its end. False: there is none."""
    run = Run.objects.filter(state=Run.State.QUEUED).order_by("id").first()
    if run is None:
        return False
    taken = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED)
    if not taken.update(state=Run.State.RUNNING, started_at=timezone.now()):
        return True
    run.refresh_from_db()
    state, report = _carried_out(run, stopping)
    if state is None:  # the process ends: another one begins the run anew
        Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, done=0)
        return False
    Run.objects.filter(pk=run.pk).update(state=state, finished_at=timezone.now(), report=report.as_json())
    log.info("run finished", run=run.pk, kind=run.kind, state=state.value, people=report.people)
    return True


def take_up_again() -> None:
    """Runs that were under way when the process before ended begin anew: what was written is found unchanged."""
    Run.objects.filter(state=Run.State.RUNNING).update(state=Run.State.QUEUED, done=0)


def _carried_out(run: Run, stopping: Callable[[], bool]) -> tuple[Run.State | None, Report]:
    at = run.at or timezone.now()
    latest, shown = Report(), 0.0

    def progress(done: int, total: int, report: Report) -> None:
        nonlocal latest, shown
        latest = report
        if stopping():
            raise CancelledError
        if time.monotonic() - shown < SHOWN_EVERY and done < total:
            return
        shown = time.monotonic()
        Run.objects.filter(pk=run.pk).update(done=done, total=total)
        if Run.objects.filter(pk=run.pk, cancel_asked=True).exists():
            raise CancelledError

    try:
        write = run.kind == Run.Kind.COMPLETE
        report = judge_everybody(
            _rules(run), at, site=run.site_id, write=write, about=f"run:{run.pk}", progress=progress
        )
    except CancelledError:
        return (None if stopping() else Run.State.CANCELLED), latest
    except Exception:
        # Whatever it was: the page says so, the log has the rest, and the next run gets its turn.
        log.exception("run failed", run=run.pk)
        return Run.State.FAILED, latest
    return Run.State.DONE, report


def _rules(run: Run) -> Rulebook:
    at = run.at or timezone.now()
    return rulebook(at) if run.version is None else trial(run.version, run.site_id, at)


class ColourThread(Worker):
    """Between `start()` and `stop()`, colours follow the facts within TICK seconds and the work itself."""

    def __init__(self) -> None:
        super().__init__("policies", Task("colours", TICK, tick))


class RunThread(Worker):
    """Between `start()` and `stop()`, runs are carried out. At `stop()`, the one under way begins anew later."""

    def __init__(self) -> None:
        super().__init__("policy-runs", Task("policy-runs", TICK, self._work))
        self._taken_up = False

    def _work(self) -> bool:
        if not self._taken_up:
            take_up_again()
            self._taken_up = True
        return work_off(lambda: self.stopping)
