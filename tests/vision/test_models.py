"""The operator's files: the right ones run; whatever else lies there is told by its code."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.vision.stand_ins import Files, detector, recogniser

from gatepass.vision import ModelFault, load


def test_files_with_the_expected_hashes_run(files: Files) -> None:
    assert files.load().detector is not None


def test_a_missing_file_is_named(files: Files, tmp_path: Path) -> None:
    with pytest.raises(ModelFault) as fault:
        load(tmp_path / "none.onnx", files.recogniser)
    assert (fault.value.code, fault.value.file) == ("face_models_missing", "none.onnx")


def test_a_file_that_is_not_the_expected_one_is_not_run(files: Files) -> None:
    with pytest.raises(ModelFault) as fault:
        load(files.detector, files.recogniser, detector_sha256=files.hashes[0])
    assert (fault.value.code, fault.value.file) == ("face_models_wrong", "recogniser.onnx")


@pytest.mark.parametrize(
    "octets", [b"", b"\0", b"version https://git-lfs.github.com/spec/v1\n", bytes(range(256)) * 40]
)
def test_a_file_that_is_no_network_is_told_and_not_raised_otherwise(
    octets: bytes, files: Files, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.onnx"
    wrong.write_bytes(octets)
    digest = hashlib.sha256(octets).hexdigest()
    for given in ((wrong, files.recogniser, digest, files.hashes[1]), (files.detector, wrong, files.hashes[0], digest)):
        with pytest.raises(ModelFault) as fault:
            load(given[0], given[1], detector_sha256=given[2], recogniser_sha256=given[3])
        assert fault.value.code == ("face_models_unusable" if octets else "face_models_wrong")
        assert fault.value.file == "wrong.onnx"


def test_two_files_that_were_mixed_up_are_found_out(files: Files) -> None:
    first, second = files.hashes
    with pytest.raises(ModelFault) as fault:
        load(files.recogniser, files.detector, detector_sha256=second, recogniser_sha256=first)
    assert fault.value.code == "face_models_unusable"
    assert detector() != recogniser()
