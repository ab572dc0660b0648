"""How gate and centre log: one JSON object a line for the system's journal, readable lines on a terminal."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any

import msgspec
import structlog


class _Stderr:
    """A service whose log has nowhere to go (a closed pipe, a full disk) goes on working."""

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = exception = msg


def log_to_stderr() -> None:
    """Tracebacks are plain: structlog's own would print local variables, and those hold names and numbers."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(
            serializer=lambda event, **_: msgspec.json.encode(event, enc_hook=str).decode()
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=lambda *_arguments: _Stderr(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
