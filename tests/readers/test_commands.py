"""`gatepass readers`: what one device sent is recorded without what it said, and played again as another device."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from tests.cast import WANG
from tests.readers.gate import open_gate
from typer.testing import CliRunner

from gatepass.readers import CodeText, recordings
from gatepass.readers.commands import app
from gatepass.readers.keypad import KeypadSimulator
from gatepass.readers.scanner import ScannerReader, ScannerSimulator, Settings

run = CliRunner().invoke


def shown_after(simulator, text: str, after: float = 0.5) -> threading.Thread:
    thread = threading.Thread(target=lambda: (time.sleep(after), simulator.show(text, symbology="C0")))
    thread.start()
    return thread


@pytest.mark.slow
@pytest.mark.parametrize("keyboard", [False, True], ids=["serial", "keyboard"])
def test_a_scanner_is_recorded_without_what_it_said_and_played_again_at_a_gate(tmp_path, keyboard):
    file = tmp_path / "scanner.jsonl"
    with ScannerSimulator(Settings(keyboard=keyboard, identifiers=True)) as scanner:
        thread = shown_after(scanner, WANG.number)
        done = run(app, ["record", f"scanner:{scanner.device}", "--to", str(file), "--seconds", "1.5"])
        thread.join()
    assert done.exit_code == 0, done.output
    assert WANG.number[:8] not in file.read_text()
    assert recordings.read(file.read_text()).device == ("keyboard" if keyboard else "serial")

    at = tmp_path / "device"
    player = threading.Thread(target=lambda: run(app, ["replay", str(file), "--at", str(at), "--every", "0.8"]))

    async def story():
        async with open_gate(ScannerReader, str(at)) as gate:
            player.start()
            return await gate.next()

    assert asyncio.run(story()) == CodeText("0" * 18, "code128")
    player.join()


@pytest.mark.slow
def test_contents_are_kept_only_when_that_is_asked_for(tmp_path):
    file = tmp_path / "keypad.jsonl"
    with KeypadSimulator() as keypad:
        threading.Timer(0.4, lambda: keypad.type("12345678", enter=True)).start()
        done = run(app, ["record", f"keypad:{keypad.device}", "--to", str(file), "--seconds", "1", "--keep-contents"])
    assert done.exit_code == 0, done.output
    assert "[1, 79, 1]" in file.read_text()


@pytest.mark.parametrize("port", ["scanner:", "camera:0", "scanner:/dev/nothing", "keypad:/dev/nothing"])
def test_what_cannot_be_recorded_is_refused(tmp_path, port):
    done = run(app, ["record", port, "--to", str(tmp_path / "x"), "--seconds", "1"])
    assert done.exit_code == 1
    assert not (tmp_path / "x").exists()


def test_what_is_no_recording_is_not_played(tmp_path):
    (tmp_path / "x").write_text("hello")
    for file in ("x", "nothing"):
        done = run(app, ["replay", str(tmp_path / file), "--at", str(tmp_path / "device")])
        assert done.exit_code == 1
        assert not (tmp_path / "device").exists()
