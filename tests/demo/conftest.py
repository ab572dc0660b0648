from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.browser import Chromium, chromium, pytest_pyfunc_call

from gatepass.demo.check import free_ports
from gatepass.demo.stage import Ports, Stage

__all__ = ["chromium", "pytest_pyfunc_call"]

OPEN: list[tuple[Stage, Chromium]] = []


@pytest.fixture
def stage(
    chromium: Chromium, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """A town with every process real. The tests that only live in it share one: its start takes twenty seconds of a
    processor. Whoever pulls a cable plugs it in again; where a test has failed, the next one gets a new town."""
    if not OPEN:
        opened = Stage(tmp_path_factory.mktemp("town"), 120, 7, Ports(*free_ports(4)), say=lambda _: None)
        OPEN.append((opened, chromium))
        try:
            chromium.run(opened.open())
        except BaseException:
            close()
            raise
    failed = request.session.testsfailed
    yield OPEN[0][0]
    if request.session.testsfailed > failed:
        close()


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """The town is closed as soon as the next test does not live in it."""
    if "stage" not in getattr(nextitem, "fixturenames", ()):
        close()


def close() -> None:
    while OPEN:
        stage, chromium = OPEN.pop()
        chromium.run(stage.close())
