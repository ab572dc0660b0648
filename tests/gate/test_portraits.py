"""A program of the operator's makes a picture of a resident card's portrait; whatever it does, the gate goes on."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from gatepass.gate.portraits import MOST_BYTES, WITHIN_S, as_picture, is_readable
from gatepass.readers.sam.module import WITHOUT_PICTURE

WRITES = "import sys; octets = sys.stdin.buffer.read(); sys.stdout.buffer.write(b'BM' + octets)"


@pytest.fixture
def program(tmp_path: Path):
    def make(source: str) -> str:
        path = tmp_path / "decoder"
        path.write_text(f"#!{sys.executable} -SE\n{source}\n")
        path.chmod(0o700)
        return str(path)

    return make


def test_the_program_is_given_the_bytes_and_its_picture_is_taken(program) -> None:
    assert asyncio.run(as_picture(WITHOUT_PICTURE, program(WRITES))) == b"BM" + WITHOUT_PICTURE


def test_pictures_need_no_program(program) -> None:
    fails = program("raise SystemExit(1)")
    assert asyncio.run(as_picture(b"\xff\xd8\xff a JPEG", fails)) == b"\xff\xd8\xff a JPEG"
    assert asyncio.run(as_picture(None, fails)) is None


def test_whether_a_portrait_can_be_read_here_is_known_before_anybody_is_asked_to_look() -> None:
    assert not is_readable(WITHOUT_PICTURE, "")
    assert is_readable(WITHOUT_PICTURE, "/opt/decoder")
    assert is_readable(b"\xff\xd8\xff", "")
    assert not is_readable(None, "/opt/decoder")
    assert not is_readable(b"", "")


def test_without_a_program_the_portrait_stays_what_it_is() -> None:
    assert asyncio.run(as_picture(WITHOUT_PICTURE, "")) == WITHOUT_PICTURE


@pytest.mark.parametrize(
    "source",
    [
        "raise SystemExit(1)",
        "import os; os.abort()",
        "import sys; sys.stdin.buffer.close(); raise SystemExit(0)",
        f"import sys; sys.stdout.buffer.write(bytes({MOST_BYTES + 1}))",
        "import sys; sys.stdout.write('BM'); raise SystemExit(3)",
    ],
    ids=["refuses", "crashes", "says nothing", "floods", "fails at its end"],
)
def test_a_program_that_fails_gives_no_picture(program, source: str) -> None:
    assert asyncio.run(as_picture(WITHOUT_PICTURE, program(source))) is None


def test_a_program_that_hangs_is_ended_in_time(program) -> None:
    began = time.monotonic()
    assert asyncio.run(as_picture(WITHOUT_PICTURE, program("import time; time.sleep(60)"))) is None
    assert time.monotonic() - began < WITHIN_S + 3


def test_a_program_that_is_not_there_gives_no_picture(tmp_path: Path) -> None:
    assert asyncio.run(as_picture(WITHOUT_PICTURE, str(tmp_path / "nowhere"))) is None
    assert asyncio.run(as_picture(WITHOUT_PICTURE, "a\0b")) is None
    assert asyncio.run(as_picture(WITHOUT_PICTURE, str(tmp_path))) is None
