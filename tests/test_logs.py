"""What a log line may carry."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
import structlog
from tests.cast import WANG

from gatepass.logs import log_to_stderr


def fail(holder: SimpleNamespace) -> None:
    raise RuntimeError(f"the disk is gone with {len(vars(holder))} facts on it")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_logged_error_never_shows_what_its_variables_held(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    try:
        log_to_stderr()
        try:
            fail(SimpleNamespace(number=WANG.number, name=WANG.name))
        except RuntimeError:
            structlog.get_logger("test").exception("tap_failed", step="journal")
    finally:
        structlog.reset_defaults()
    line = capsys.readouterr().err
    assert "tap_failed" in line
    assert "the disk is gone" in line
    assert WANG.number not in line
    assert WANG.name not in line
    if not terminal:
        assert json.loads(line)["step"] == "journal"


def test_a_closed_stderr_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def isatty(self) -> bool:
            return False

        def write(self, _: str) -> int:
            raise ValueError("I/O operation on closed file")

        def flush(self) -> None:
            raise ValueError("I/O operation on closed file")

    monkeypatch.setattr(sys, "stderr", Closed())
    try:
        log_to_stderr()
        assert structlog.get_logger("test").info("gate_ready") is None
    finally:
        structlog.reset_defaults()
