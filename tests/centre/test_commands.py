from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.browser import free_port

pytestmark = pytest.mark.slow

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("GATEPASS_", "DJANGO_"))}


def gatepass(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gatepass", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=CLEAN | environment)


def test_a_mistyped_folder_is_no_new_town_whose_audit_is_whole(tmp_path: Path) -> None:
    nowhere = tmp_path / "centr"
    for words in (["audit", "verify"], ["centre", "backup", str(tmp_path / "backups")], ["centre", "purge"]):
        asked = gatepass(*words, "--folder", str(nowhere))
        assert asked.returncode == 2
        assert f"there is no centre in {nowhere}; name its folder with --folder" in asked.stderr
    assert list(tmp_path.iterdir()) == []


def test_staff_is_added_and_the_audit_is_verified_on_the_command_line(tmp_path: Path) -> None:
    folder = ["--folder", str(tmp_path / "centre")]
    added = gatepass("centre", "staff-add", "wang.fang", "王芳", "--role", "office", *folder)
    assert re.fullmatch(r"wang\.fang: one-time password [a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\n", added.stdout)
    assert gatepass("centre", "staff-add", "wang.fang", "王芳", "--role", "office", *folder).returncode == 1
    assert "roles are administrator" in gatepass("centre", "staff-add", "li", "李", "--role", "boss", *folder).stderr
    assert gatepass("centre", "gate-code", "7", *folder).returncode == 1

    signed = gatepass("audit", "checkpoint", *folder)
    assert re.search(r"audit.20\d\d-\d\d-\d\d\.json", signed.stdout)
    assert "already" in gatepass("audit", "checkpoint", *folder).stdout
    verified = gatepass("audit", "verify", *folder)
    assert verified.returncode == 0
    head = re.search(r"audit: 1 entries, 1 checkpoints, 0 findings, head ([0-9a-f]{64})", verified.stdout)
    assert head
    with sqlite3.connect(tmp_path / "centre" / "centre.sqlite3") as database:
        database.execute("DROP TRIGGER audit_entry_is_never_changed")
        database.execute("UPDATE audit_entry SET actor = 'user:1'")
    database.close()
    forged = gatepass("audit", "verify", *folder)
    assert forged.returncode == 1
    assert "entry 1: changed" in forged.stdout
    assert gatepass("audit", "verify", "--public", str(tmp_path / "absent"), *folder).returncode == 2
    assert gatepass("audit", "verify", "--head", "00" * 32, *folder).returncode == 1


def test_a_fresh_centre_serves_and_prints_the_first_administrators_password_once(tmp_path: Path) -> None:
    folder, port = tmp_path / "centre", free_port()
    first = serve(folder, port)
    assert re.search(r"first administrator: admin, one-time password: [a-z0-9-]{14}", first)
    again = serve(folder, port)
    assert "password" not in again
    assert (folder / "keys").stat().st_mode & 0o777 == 0o700
    assert (folder / "updates" / "repository" / "metadata" / "timestamp.json").exists()


def test_the_first_password_may_come_from_the_environment(tmp_path: Path) -> None:
    shown = serve(tmp_path / "centre", free_port(), GATEPASS_FIRST_PASSWORD="three words together")
    assert "three words together" not in shown
    assert "with the password from GATEPASS_FIRST_PASSWORD" in shown


def serve(folder: Path, port: int, **environment: str) -> str:
    """Start, wait for an answer, stop politely; what was printed."""
    command = [sys.executable, "-m", "gatepass", "serve", "--folder", str(folder), "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=CLEAN | environment
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
    # uvicorn hands the signal on once it has stopped everything.
    assert process.returncode in {0, -signal.SIGTERM}, output
    return output


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "the centre stopped by itself"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("the centre did not answer")


def test_forgetting_and_backups_on_the_command_line(tmp_path: Path) -> None:
    centre, backups, safe, anew = (tmp_path / name for name in ("centre", "backups", "safe", "new"))
    folder = ["--folder", str(centre)]
    gatepass("centre", "staff-add", "wang.fang", "王芳", "--role", "office", *folder)
    assert "nothing is due in" in gatepass("centre", "purge", "--dry-run", *folder).stdout
    assert "forgotten: 0 rows" in gatepass("centre", "purge", *folder).stdout
    made = gatepass("centre", "backup", str(backups), "--keys-to", str(safe), *folder)
    assert re.search(r"gatepass-\S+\.backup: \d+ rows, 0\.\d MB", made.stdout), made.stderr
    (backup,) = backups.iterdir()
    early = gatepass("centre", "restore", str(backup), "--folder", str(anew))
    assert early.returncode == 1
    assert "copy keys/ first" in early.stderr
    shutil.copytree(centre / "keys", anew / "keys")
    shutil.copy(safe / "people.sqlite3", anew / "keys")
    restored = gatepass("centre", "restore", str(backup), "--folder", str(anew))
    assert "; 0 rows of people who were erased stay closed" in restored.stdout, restored.stderr
    assert "nothing was touched" in gatepass("centre", "restore", str(backup), "--folder", str(anew)).stderr
    with sqlite3.connect(anew / "centre.sqlite3") as database:
        assert database.execute("SELECT full_name FROM accounts_user").fetchall() == [("王芳",)]
    database.close()
