"""`gatepass gate readers`: over real ptys and pipes, with the simulators of the families behind them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tty
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.browser import free_port
from tests.cast import WANG
from tests.vision.stand_ins import Files
from typer.testing import CliRunner

from gatepass.gate import checking, commands
from gatepass.gate.checking import Finding, check_readers, has_card_interface, verdict
from gatepass.gate.problems import FolderError, sentences
from gatepass.identity import Validity, chip
from gatepass.languages import LANGUAGES
from gatepass.readers import READER_DETAILS, Attached
from gatepass.readers.camera import CameraSimulator, stage
from gatepass.readers.camera import Fault as CameraFault
from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc import winscard
from gatepass.readers.sam import Command, Fault, SamSimulator, StatusWord
from gatepass.readers.scanner import ScannerSimulator
from gatepass.readers.scanner import Settings as ScannerSettings

LONG_TERM = Validity(date(2010, 1, 1), None)
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.fixture
def sam() -> Iterator[SamSimulator]:
    with SamSimulator() as simulator:
        yield simulator


@pytest.fixture
def silent_port() -> Iterator[str]:
    """A serial port on which nobody answers."""
    far, near = os.openpty()
    tty.setraw(near)
    yield os.ttyname(near)
    os.close(far)
    os.close(near)


def card() -> bytes:
    facts = {"address": "定安路1号", "authority": "杭州市公安局", "ethnicity": "01", "validity": LONG_TERM}
    return chip.encode(replace(WANG.document, **facts))


def check(*named: str, **facts: Any) -> list[Finding]:
    return asyncio.run(check_readers(named, **{"look": False, "seconds": 5.0, **facts}))


def found_as(monkeypatch: pytest.MonkeyPatch, *attached: Attached | FolderError) -> None:
    monkeypatch.setattr(checking, "find_readers", lambda: iter(attached))
    monkeypatch.setattr(checking, "has_card_interface", lambda: False)


def nobody_answers() -> None:
    raise LinkLostError("service_missing")


def run(*words: str, **environment: str) -> Any:
    return CliRunner(env={"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", **environment}).invoke(
        commands.app, ["readers", *words]
    )


# --- what is found


def test_a_reader_that_answers_works(sam: SamSimulator) -> None:
    (found,) = check(f"sam:{sam.device}")
    assert (found.code, found.is_good, verdict([found])) == ("ready", True, 0)


def test_what_is_attached_is_found_and_tested(monkeypatch: pytest.MonkeyPatch, sam: SamSimulator) -> None:
    found_as(monkeypatch, Attached("sam", sam.device, "A reader"))
    (found,) = check(look=True)
    assert (found.reader, found.name, found.code) == (f"sam:{sam.device}", "A reader", "ready")


def test_a_port_that_two_families_claim_belongs_to_the_one_that_answers(
    monkeypatch: pytest.MonkeyPatch, sam: SamSimulator
) -> None:
    found_as(monkeypatch, Attached("scanner", sam.device, "Serial"), Attached("sam", sam.device, "Serial"))
    found = check(look=True)
    assert [each.reader for each in found if each.reader.startswith("sam:")] == [f"sam:{sam.device}"]
    assert all(each.is_good for each in found)


@pytest.mark.slow
def test_a_scanner_is_no_sam_reader_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScannerSimulator() as scanner:
        found_as(monkeypatch, Attached("sam", scanner.device, ""), Attached("scanner", scanner.device, "Newland"))
        (found,) = check(look=True)
    assert (found.reader, found.code) == (f"scanner:{scanner.device}", "opened")


@pytest.mark.slow
def test_a_camera_is_asked_for_a_page_and_a_covered_lens_is_named() -> None:
    with CameraSimulator() as camera:
        camera.show(stage.page(PASSPORT), stage.Shot(width=0.9), arrives=False)
        (read,) = check(f"camera:{camera.port}", seconds=30.0, wants_card=True)
        assert (read.code, read.kind, read.method) == ("read", "passport", "printed")
        camera.inject(CameraFault.BLACK, times=10_000)
        (dark,) = check(f"camera:{camera.port}", seconds=30.0)
    assert (dark.code, dark.is_good) == ("picture_dark", False)
    assert "lens" in dark.sentence("en")


def test_what_may_be_somebodys_keyboard_is_shown_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found_as(monkeypatch, Attached("scanner", "/dev/input/event3", "Logitech K120", sure=False))
    (found,) = check(look=True)
    assert (found.code, found.mark, verdict([found])) == ("maybe", "?", 3)


def test_a_keyboard_is_opened_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScannerSimulator(ScannerSettings(keyboard=True)) as scanner:
        found_as(monkeypatch, Attached("scanner", scanner.device, "Cheap", sure=False))
        (found,) = check(f"scanner:{scanner.device}", look=True)
    assert found.code == "opened"


def test_nothing_attached_is_an_exit_status_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found_as(monkeypatch)
    assert (check(look=True), verdict([])) == ([], 3)


# --- what is wrong


@pytest.mark.slow
def test_a_port_on_which_nobody_answers_is_silent(silent_port: str) -> None:
    (found,) = check(f"sam:{silent_port}")
    assert (found.code, verdict([found])) == ("reader_silent", 1)


def test_a_reader_that_is_not_there(tmp_path: Path) -> None:
    (found,) = check(f"sam:{tmp_path / 'nowhere'}", seconds=1)
    assert found.code == "port_missing"


def test_a_file_is_no_serial_port(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (found,) = check(f"sam:{tmp_path / 'file'}", seconds=1)
    assert found.code == "port_failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mischief", "code"),
    [(Fault.SILENCE, "reader_silent"), (StatusWord.SELF_TEST_FAILED, "reader_self_test_failed")],
)
def test_a_reader_that_is_ill_says_how(sam: SamSimulator, mischief: Any, code: str) -> None:
    for command in (Command.STATUS, Command.FIND):
        sam.inject(mischief, times=100, on=command)
    (found,) = check(f"sam:{sam.device}", seconds=8)
    assert found.code == code


@pytest.mark.slow
def test_two_programs_on_one_reader(sam: SamSimulator) -> None:
    """What the guard of the house finds who runs it beside the running gate."""

    async def story() -> list[Finding]:
        async def holding() -> None:
            await checking.Trial(f"sam:{sam.device}", seconds=9, wants_card=True, on_ready=lambda _: held.set()).run("")

        held = asyncio.Event()
        first = asyncio.create_task(holding())
        await held.wait()
        found = await check_readers([f"sam:{sam.device}"], look=False, seconds=1.5)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return found

    (found,) = asyncio.run(story())
    assert found.code == "port_busy"


def test_the_readers_of_a_running_gate_are_not_opened(monkeypatch: pytest.MonkeyPatch, sam: SamSimulator) -> None:
    found_as(monkeypatch, Attached("sam", sam.device, "A reader"))
    name = f"sam:{sam.device}"
    (found,) = check(name, look=True, held={name: "reader_garbled"})
    assert (found.name, found.code) == ("A reader", "reader_garbled")


def test_names_that_cannot_be_and_software_that_is_missing_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = FolderError("reader_software_missing", family="camera", software="cv2")
    found_as(monkeypatch, missing)
    found = check("bus:0", "scanner:/dev/x?baud=7", look=True, seconds=1)
    assert {each.code for each in found} == {"reader_software_missing", "reader_unknown", "reader_port"}
    assert all(each.sentence(language) for each in found for language in LANGUAGES)


@pytest.mark.slow
def test_a_card_reader_without_the_card_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not has_card_interface(tmp_path)
    (tmp_path / "1-1:1.0").mkdir()
    (tmp_path / "1-1:1.0/bInterfaceClass").write_text("0b\n")
    assert has_card_interface(tmp_path)
    found_as(monkeypatch)
    monkeypatch.setattr(checking, "has_card_interface", lambda: True)
    # Not by PCSCLITE_CSOCK_NAME: libpcsclite reads it once, and then finds no service as long as this process lives.
    monkeypatch.setattr(winscard, "_Context", nobody_answers)
    (found,) = check(look=True, seconds=1.5)
    assert found.code == "service_missing"
    assert not found.is_good


# --- with a document


def test_a_card_that_is_laid_down_is_named_by_its_kind_alone(sam: SamSimulator) -> None:
    def lay(name: str) -> None:
        assert name == f"sam:{sam.device}"
        sam.lay(card())

    (found,) = check(f"sam:{sam.device}", wants_card=True, on_ready=lay)
    assert (found.code, found.kind, found.method) == ("read", "resident_card", "card")
    assert found.read_ms is not None
    said = found.sentence("en") + repr(found) + json.dumps(found.as_json("en"))
    assert "Resident ID card, Card" in said
    assert not [secret for secret in (WANG.number, WANG.name) if secret in said]
    assert verdict([found], wants_card=True) == 0


def test_a_code_that_is_shown_to_a_scanner() -> None:
    with ScannerSimulator() as scanner:
        (found,) = check(
            f"scanner:{scanner.device}", wants_card=True, on_ready=lambda _: scanner.show("GP1:HELLO", symbology="Q1")
        )
    assert (found.code, found.kind) == ("read", "code")
    assert "GP1" not in found.sentence("en")


def test_a_passport_over_a_scanner() -> None:
    with ScannerSimulator() as scanner:
        (found,) = check(f"scanner:{scanner.device}", wants_card=True, on_ready=lambda _: scanner.show(PASSPORT))
    assert (found.kind, found.method) == ("passport", "printed")


@pytest.mark.slow
def test_a_card_that_cannot_be_read_is_explained(sam: SamSimulator) -> None:
    sam.inject(StatusWord.WRONG_CARD, times=50)
    (found,) = check(f"sam:{sam.device}", seconds=3, wants_card=True, on_ready=lambda _: sam.lay(card()))
    assert (found.code, found.failed) == ("ready", "card_not_supported")
    assert "does not know this kind of card" in found.sentence("en")
    assert verdict([found], wants_card=True) == 1


@pytest.mark.slow
def test_nobody_lays_a_card(sam: SamSimulator) -> None:
    (found,) = check(f"sam:{sam.device}", seconds=1.5, wants_card=True)
    assert (found.code, verdict([found]), verdict([found], wants_card=True)) == ("ready", 0, 1)


# --- the command


def test_the_command_says_it_in_words_and_how_to_start(sam: SamSimulator) -> None:
    done = run("--reader", f"sam:{sam.device}")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        f"✓ sam:{sam.device}",
        "    Works.",
        f"Start the gate with: ./gatepass gate run --reader sam:{sam.device}",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_speaks_five_languages(language: str, tmp_path: Path) -> None:
    done = run("--reader", f"sam:{tmp_path / 'nowhere'}", "--language", language, "--seconds", "1")
    assert done.exit_code == 1
    assert sentences()["reader"]["port_missing"][language] in done.output  # type: ignore[index]
    assert "[port_missing]" in done.output


def test_the_language_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    found_as(monkeypatch)
    done = run(LANG="ko_KR.UTF-8")
    assert done.exit_code == 3
    faces, nothing = done.output.splitlines()
    assert nothing == sentences()["reader"]["nothing"]["ko"]
    assert faces == f"– {sentences()['state']['face_models_unnamed']['ko']} [face_models_unnamed]"


def test_whether_faces_can_be_compared_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found_as(monkeypatch)
    files = Files.make(tmp_path)
    for name, value in {
        "DETECTOR": str(files.detector),
        "RECOGNISER": str(files.recogniser),
        "DETECTOR_SHA256": files.hashes[0],
    }.items():
        monkeypatch.setenv(f"GATEPASS_GATE_FACE_{name}", value)
    report = json.loads(run("--json").stdout)
    assert report["faces"] == {
        "code": "face_models_wrong",
        "sentence": sentences()["state"]["face_models_wrong"]["en"],
    }
    monkeypatch.setenv("GATEPASS_GATE_FACE_RECOGNISER_SHA256", files.hashes[1])
    assert json.loads(run("--json").stdout)["faces"]["code"] == "face_camera_missing"


@pytest.mark.slow
def test_programs_get_json(sam: SamSimulator, tmp_path: Path) -> None:
    done = run("--json", "--reader", f"sam:{sam.device}", "--reader", f"sam:{tmp_path / 'nowhere'}", "--seconds", "2")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["exit"]) == (1, 1)
    assert [(each["code"], each["works"]) for each in report["readers"]] == [("ready", True), ("port_missing", False)]


def test_the_readers_of_the_settings_are_tested_without_an_enrolled_gate(
    monkeypatch: pytest.MonkeyPatch, sam: SamSimulator, tmp_path: Path
) -> None:
    found_as(monkeypatch)
    monkeypatch.setenv("GATEPASS_GATE_READER", json.dumps([f"sam:{sam.device}"]))
    done = run("--folder", str(tmp_path / "never enrolled"))
    assert done.exit_code == 0, done.output
    assert f"✓ sam:{sam.device}" in done.output


def test_the_example_of_the_help_can_be_run() -> None:
    said = run("--help").output
    assert "Example: ./gatepass gate readers --try --seconds 30" in said


@pytest.mark.slow
def test_a_running_gate_is_asked_about_its_readers(sam: SamSimulator, tmp_path: Path) -> None:
    """Two processes, as on a machine: the agent holds the reader, and the command does not disturb it."""
    from tests.gate.town import enrolled

    folder, port = enrolled(tmp_path / "gate", centre="http://127.0.0.1:9"), free_port()
    words = ["--folder", str(folder.path)]
    environment = {**os.environ, "GATEPASS_GATE_PORT": str(port), "LANG": "en_US.UTF-8"}
    gate = subprocess.Popen(
        [sys.executable, "-m", "gatepass", "gate", "run", *words, "--reader", f"sam:{sam.device}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(40):
            done = subprocess.run(
                [sys.executable, "-m", "gatepass", "gate", "readers", "--json", *words, "--seconds", "1"],
                env={**environment, "GATEPASS_GATE_READER": json.dumps([f"sam:{sam.device}"])},
                capture_output=True,
                text=True,
                check=False,
            )
            found = json.loads(done.stdout)["readers"]
            codes = {each["reader"]: each["code"] for each in found}
            if codes.get(f"sam:{sam.device}") == "ready" and gate.poll() is None:
                break
        assert codes[f"sam:{sam.device}"] == "ready", done.stdout
    finally:
        gate.terminate()
        gate.wait(10)


def test_every_state_of_a_reader_has_its_sentence() -> None:
    said = set(sentences()["reader"])
    assert said == READER_DETAILS | {
        "ready",
        "opened",
        "read",
        "maybe",
        "try_now",
        "nothing",
        "start_with",
        "faces_ready",
    }
