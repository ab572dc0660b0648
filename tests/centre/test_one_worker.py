"""One loop for all that the centre does by itself: nothing ends it, it backs off, and an administrator hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from gatepass.centre.alarms.kinds import TASKS, sentence_of
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.gateway import application
from gatepass.centre.one_worker import FAILING_AFTER_S, LONGEST_PAUSE_S, Task, Worker, kinds_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("gatepass.centre.one_worker.time.monotonic", clock.monotonic)
    return clock


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def fails() -> None:
    raise RuntimeError("王秀英") from ValueError("row of 王秀英")


def test_a_task_that_fails_waits_longer_each_time_and_at_once_no_more_after_a_success(clock, db) -> None:
    broken = [True]
    task = Task("messages", 0.5, lambda: fails() if broken[0] else None)
    pauses = []
    for _ in range(7):
        task.run()
        pauses.append(task.due - clock.now)
        clock.now = task.due
    assert pauses == [2, 4, 8, 16, 30, 30, LONGEST_PAUSE_S]
    broken[0] = False
    task.run()
    assert (task.due - clock.now, task.failed) == (0.5, 0)


def test_what_has_failed_for_a_minute_is_an_alarm_until_it_succeeds(clock, db) -> None:
    broken = [True]
    task = Task("messages", 0.5, lambda: fails() if broken[0] else None)
    while clock.now < 1000 + FAILING_AFTER_S - 1:
        task.run()
        assert not Alarm.objects.exists()
        clock.now = task.due
    task.run()
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.state, alarm.facts["error"]) == ("work_failing", State.RAISED, "RuntimeError")
    assert "messages" not in sentence_of(alarm.kind, alarm.facts)
    broken[0] = False
    task.run()
    alarm.refresh_from_db()
    assert alarm.state == State.CLEARED


def test_an_alarm_of_the_process_before_is_over_at_the_first_success(clock, db) -> None:
    before = Task("messages", 0.5, fails)
    before.run()
    clock.now += FAILING_AFTER_S
    before.run()
    Task("messages", 0.5, lambda: None).run()
    assert Alarm.objects.get().state == State.CLEARED


def test_the_log_names_kinds_of_errors_and_places_and_never_what_an_error_says(clock, db) -> None:
    with capture_logs() as lines:
        Task("messages", 0.5, fails).run()
    assert lines[0]["error"] == "RuntimeError < ValueError"
    assert "test_one_worker.py" in lines[0]["at"]
    assert "王秀英" not in str(lines)
    assert kinds_of(KeyError("王秀英")) == "KeyError"


def test_a_database_that_is_away_ends_neither_the_task_nor_its_alarm(clock, db, monkeypatch) -> None:
    def away(*_arguments: object, **_named: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("gatepass.centre.one_worker.raise_now", away)
    task = Task("messages", 0.5, fails)
    task.run()
    clock.now += FAILING_AFTER_S
    task.run()
    monkeypatch.undo()
    task.run()
    assert task.failed == 3


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_holds_up_no_other_and_the_thread_goes_on(settings, tmp_path) -> None:
    settings.CENTRE_DIR = tmp_path
    done: list[int] = []
    worker = Worker("try", Task("messages", 0.01, fails), Task("colours", 0.01, lambda: done.append(1)))
    worker.start()
    try:
        until(lambda: len(done) >= 3)
    finally:
        worker.stop()
    assert worker.tasks[0].failed == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_works_and_the_other_takes_over(settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("gatepass.centre.one_worker.STAND_BY_S", 0.02)
    settings.CENTRE_DIR = tmp_path
    done: list[str] = []
    first = Worker("try", Task("colours", 0.01, lambda: done.append("first")))
    second = Worker("try", Task("colours", 0.01, lambda: done.append("second")))
    first.start()
    until(lambda: bool(done))
    second.start()
    try:
        time.sleep(0.1)
        assert "second" not in done
        first.stop()
        until(lambda: "second" in done)
    finally:
        second.stop()


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_and_stops_at_once_whatever_its_task_waits_for(settings, tmp_path) -> None:
    settings.CENTRE_DIR = tmp_path
    done: list[int] = []
    worker = Worker("try", Task("colours", 3600, lambda: done.append(1)))
    worker.start()
    until(lambda: len(done) == 1)
    worker.wake()
    until(lambda: len(done) == 2)
    began = time.monotonic()
    worker.stop()
    assert time.monotonic() - began < 1


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_says_there_is_more_goes_on_at_once(settings, tmp_path) -> None:
    settings.CENTRE_DIR = tmp_path
    left = [True, True, False]
    worker = Worker("try", Task("imports", 3600, lambda: left.pop(0)))
    worker.start()
    try:
        until(lambda: not left)
    finally:
        worker.stop()


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_cannot_be_written_ends_no_worker(settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("gatepass.centre.one_worker.STAND_BY_S", 0.02)
    settings.CENTRE_DIR = tmp_path / "a file"
    settings.CENTRE_DIR.write_text("")
    done: list[int] = []
    worker = Worker("try", Task("colours", 0.01, lambda: done.append(1)))
    worker.start()
    try:
        time.sleep(0.1)
        assert not done
        settings.CENTRE_DIR.unlink()
        until(lambda: bool(done))
    finally:
        worker.stop()


def test_every_task_of_the_centre_has_its_words_and_no_words_are_left_over(settings, tmp_path) -> None:
    settings.UPDATES_DIR = tmp_path
    tasks = [task.name for worker in application.workers() for task in worker.tasks]
    assert sorted(tasks) == sorted(TASKS)
