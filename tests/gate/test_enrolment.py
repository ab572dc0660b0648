"""From a one-time code to a device: stored whole or not at all, and never over another one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.gate.town import SECRET, FakeCentre
from typer.testing import CliRunner

from gatepass.gate.commands import app
from gatepass.gate.device import GateFolder
from gatepass.gate.enrolment import enrol
from gatepass.gate.problems import EnrolmentError, FolderError

CODE = "K7QM-2VXD"


class Bridge(httpx2.BaseTransport):
    """The fake centre for a client that does not run in a loop."""

    def __init__(self, centre: FakeCentre) -> None:
        self._centre = centre

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._centre.up:
            raise httpx2.ConnectError("unplugged", request=request)
        status, kind, content = asyncio.run(
            self._centre.answer(request.method, request.url.path, "", dict(request.headers), request.read())
        )
        return httpx2.Response(status, headers={"content-type": kind}, content=content)


@pytest.fixture
def centre() -> FakeCentre:
    return FakeCentre(Ed25519PrivateKey.generate().public_key())


@pytest.fixture
def folder(tmp_path: Path) -> GateFolder:
    return GateFolder(tmp_path / "gate")


def enrol_at(folder: GateFolder, centre: FakeCentre, code: str = CODE) -> Any:
    return enrol(folder, "https://centre.test/", code, transport=Bridge(centre))


def test_a_code_makes_a_device_that_holds_its_own_key(folder: GateFolder, centre: FakeCentre) -> None:
    device = enrol_at(folder, centre)
    assert folder.device() == device
    assert device.centre == "https://centre.test"
    assert device.person_key_secret == SECRET
    assert device.signing_key.public_key() == centre.public_key
    assert folder.site().gate_name == "东门"
    assert folder.device_file.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_no_secret_stands_in_a_repr(folder: GateFolder, centre: FakeCentre) -> None:
    device = enrol_at(folder, centre)
    assert repr(device) == f"Device({device.device!r})"


def test_an_enrolled_folder_is_never_written_again(folder: GateFolder, centre: FakeCentre) -> None:
    enrol_at(folder, centre)
    before = folder.device_file.read_bytes()
    centre.codes.add("SECOND")
    with pytest.raises(EnrolmentError, match="already_enrolled"):
        enrol_at(folder, centre, "SECOND")
    assert folder.device_file.read_bytes() == before
    assert "SECOND" in centre.codes, "the code was not spent"


@pytest.mark.parametrize("code", ["WRONG", "", "x" * 40])
def test_a_wrong_code_is_refused_and_leaves_nothing(folder: GateFolder, centre: FakeCentre, code: str) -> None:
    with pytest.raises(EnrolmentError, match="code_refused"):
        enrol_at(folder, centre, code)
    assert list(folder.path.iterdir()) == []


def test_a_code_works_once(folder: GateFolder, centre: FakeCentre, tmp_path: Path) -> None:
    enrol_at(folder, centre)
    with pytest.raises(EnrolmentError, match="code_refused"):
        enrol_at(GateFolder(tmp_path / "other"), centre)


def test_a_centre_that_is_not_there_is_said_so(folder: GateFolder, centre: FakeCentre) -> None:
    centre.up = False
    with pytest.raises(EnrolmentError, match="centre_unreachable"):
        enrol_at(folder, centre)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("centre.example.org", "centre_address"),
        ("ftp://centre.example.org", "centre_address"),
        ("http://centre.example.org", "centre_not_encrypted"),
        ("http://127.0.0.1.example.org", "centre_not_encrypted"),
    ],
)
def test_an_address_that_would_give_secrets_away_is_refused(folder: GateFolder, address: str, code: str) -> None:
    with pytest.raises(EnrolmentError, match=code):
        enrol(folder, address, CODE)


def test_something_else_that_answers_is_no_centre(folder: GateFolder) -> None:
    portal = httpx2.MockTransport(lambda _request: httpx2.Response(200, text="<html>welcome</html>"))
    with pytest.raises(EnrolmentError, match="centre_reply"):
        enrol(folder, "https://centre.test", CODE, transport=portal)
    assert not folder.device_file.exists()


def test_a_key_that_others_can_read_is_refused(folder: GateFolder, centre: FakeCentre) -> None:
    enrol_at(folder, centre)
    folder.device_file.chmod(0o644)
    with pytest.raises(FolderError, match="device_open_to_others"):
        folder.device()


def test_a_key_from_systemd_is_used_before_the_folders(
    folder: GateFolder, centre: FakeCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = enrol_at(folder, centre)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    folder.device_file.rename(credentials / "device.json")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert folder.device() == device


def test_two_agents_never_share_a_folder(folder: GateFolder, centre: FakeCentre) -> None:
    enrol_at(folder, centre)
    with folder.claimed(), pytest.raises(FolderError, match="already_running"), GateFolder(folder.path).claimed():
        pass


@pytest.mark.parametrize(
    ("locale", "words"), [("zh_CN.UTF-8", "没有已注册"), ("zh_TW.UTF-8", "沒有已註冊"), ("ko_KR.UTF-8", "등록된"),
                          ("ja_JP.UTF-8", "登録済み"), ("en_GB.UTF-8", "No enrolled device")]
)  # fmt: skip
def test_the_command_refuses_in_the_language_of_the_terminal(
    tmp_path: Path, locale: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "LC_ALL", locale)
    result = CliRunner().invoke(app, ["run", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert words in result.output
