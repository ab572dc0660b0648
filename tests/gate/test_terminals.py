"""The registry of reader families: one is loaded when a reader of it is attached, and what is missing is said."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from gatepass.gate import terminals
from gatepass.gate.problems import FolderError
from gatepass.gate.terminals import FAMILIES, Attach, attach_reader, find_readers
from gatepass.languages import LANGUAGES
from gatepass.readers import Attached


async def _nobody(_read) -> None: ...


ATTACH = Attach(on_read=_nobody, on_state=lambda _state: None, on_reading=lambda: None)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_the_list_makes_its_reader(family: str) -> None:
    reader = attach_reader(f"{family}:nowhere", ATTACH, poll_s=0.3)
    assert reader.family == family


@pytest.mark.parametrize("name", ["sam", "sam:", "", ":", "abacus:/dev/ttyUSB0", "SAM:/dev/ttyUSB0", "../gate:x"])
def test_what_is_no_reader_is_refused_with_the_families_that_there_are(name: str) -> None:
    with pytest.raises(FolderError) as refused:
        attach_reader(name, ATTACH, poll_s=0.3)
    assert refused.value.code == "reader_unknown"
    assert all("sam" in refused.value.sentence(language) for language in LANGUAGES)


def test_a_port_may_have_colons_of_its_own() -> None:
    assert attach_reader("sam:usb:0400:c35a", ATTACH, poll_s=0.3).family == "sam"


def test_missing_software_is_named_and_the_other_families_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    there = types.ModuleType("gatepass.readers.there")
    there.find = lambda: [Attached("there", "/dev/there0", "A reader")]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gatepass.readers.there", there)
    # None in sys.modules makes an import fail as a missing distribution does.
    monkeypatch.setitem(sys.modules, "gatepass.readers.eye", None)
    monkeypatch.setattr(terminals, "FAMILIES", {"eye": "EyeReader", "there": "ThereReader"})
    missing, found = list(find_readers())
    assert isinstance(missing, FolderError)
    assert missing.code == "reader_software_missing"
    assert "eye" in missing.sentence("en")
    assert str(found) == "there:/dev/there0"
    with pytest.raises(FolderError) as refused:
        attach_reader("eye:0", ATTACH, poll_s=0.3)
    assert refused.value.code == "reader_software_missing"


@pytest.mark.slow
def test_a_gate_without_readers_loads_no_family() -> None:
    """Each costs memory that a gate without one should not pay: 250 MB are promised."""
    asks = "import sys, gatepass.gate.agent; print([m for m in sys.modules if m.startswith('gatepass.readers.')])"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['gatepass.readers.contract']"
