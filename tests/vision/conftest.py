from __future__ import annotations

import pytest
from tests.vision.stand_ins import Files

from gatepass.vision import FaceReader


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files.make(tmp_path_factory.mktemp("networks"))


@pytest.fixture(scope="session")
def reader(files: Files) -> FaceReader:
    return FaceReader(files.load())
