from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.browser import SCREENSHOTS
from tests.centre.passages import conftest

keep = conftest.keep


@pytest.fixture
def snap_pdf() -> Callable[[str, bytes], None]:
    """GATEPASS_SCREENSHOTS=folder keeps what is printed."""

    def keep(name: str, pdf: bytes) -> None:
        if SCREENSHOTS is not None:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            (SCREENSHOTS / f"{name}.pdf").write_bytes(pdf)

    return keep
