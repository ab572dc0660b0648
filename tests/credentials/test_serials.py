"""Serials as people read them aloud on the telephone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credentials.town import SERIAL

from gatepass.credentials import CredentialError, serials


@given(st.binary(min_size=8, max_size=8))
def test_what_is_written_is_read(serial: bytes) -> None:
    text = serials.written(serial)
    assert [len(part) for part in text.split("-")] == [4, 4, 5]
    assert serials.read(text) == serial
    assert not set(text) & set("ILOU")


@pytest.mark.parametrize("heard", ["5WRD-1R3F-00001", "5wrd1r3f00001", " 5WRD 1R3F OOOOL", "5wrd-ir3f-o000I"])
def test_it_is_read_however_it_was_heard(heard: str) -> None:
    assert serials.written(SERIAL) == "5WRD-1R3F-00001"
    assert serials.read(heard) == SERIAL


@pytest.mark.parametrize("text", ["", "5WRD", "5WRD-1R3F-000011", "5WRD-1R3F-0000U", "Z" * 13, "5WRD-1R3F-0000é"])
def test_what_is_no_serial_is_refused(text: str) -> None:
    with pytest.raises(CredentialError, match="serial_length"):
        serials.read(text)


def test_a_serial_has_eight_bytes() -> None:
    with pytest.raises(CredentialError, match="serial_length"):
        serials.written(b"7")
