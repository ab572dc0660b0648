"""The centre's notices on the idle screen: begun and ended by the gate's own clock, for the gates that they name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from gatepass.gate.notices import ScreenNotices
from gatepass.languages import LANGUAGES
from gatepass.wire.screens import SCREENS_FILE, ScreenNotice, Screens

NOON = int(datetime(2026, 3, 12, 12, tzinfo=UTC).timestamp() * 1000)
HOUR = int(timedelta(hours=1).total_seconds() * 1000)


class Clock:
    """Of a gate whose time a test sets."""

    def __init__(self) -> None:
        self.at = NOON

    def now_ms(self) -> int:
        return self.at


def notice(number: int, begins: int, ends: int, gates: list[str] | None = None) -> ScreenNotice:
    return ScreenNotice(
        number, begins, ends, gates, {language: (language, f"{language} {number}") for language in LANGUAGES}
    )


def gate(folder: Path, *notices: ScreenNotice) -> tuple[ScreenNotices, Clock]:
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / SCREENS_FILE).write_bytes(Screens(list(notices)).encode())
    clock = Clock()
    return ScreenNotices(folder, "12", clock), clock  # type: ignore[arg-type]


def ids(screen: ScreenNotices) -> list[int]:
    return [one["id"] for one in screen.message()["notices"]]


def test_a_notice_begins_and_ends_without_the_centre(tmp_path: Path) -> None:
    screen, clock = gate(tmp_path, notice(1, NOON - HOUR, NOON + HOUR), notice(2, NOON + HOUR // 2, NOON + 2 * HOUR))
    assert screen.look()
    assert ids(screen) == [1]
    assert not screen.look()
    clock.at = NOON + HOUR // 2
    assert screen.look()
    assert ids(screen) == [2, 1]
    clock.at = NOON + 2 * HOUR
    assert screen.look()
    assert ids(screen) == []


def test_only_the_gates_that_are_named_show_it(tmp_path: Path) -> None:
    screen, _clock = gate(
        tmp_path, notice(1, 0, NOON * 2, ["7"]), notice(2, 0, NOON * 2, ["7", "12"]), notice(3, 0, NOON * 2)
    )
    screen.look()
    assert ids(screen) == [3, 2]


def test_what_is_withdrawn_goes_with_the_next_update_and_a_missing_file_shows_nothing(tmp_path: Path) -> None:
    screen, _clock = gate(tmp_path, notice(1, 0, NOON * 2))
    screen.look()
    file = tmp_path / "files" / SCREENS_FILE
    file.write_bytes(Screens([]).encode())
    assert screen.look()
    assert ids(screen) == []
    file.unlink()
    assert not screen.look()
    file.write_bytes(b"damaged")
    assert not screen.look()
    assert ids(screen) == []
