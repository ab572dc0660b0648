"""What the kiosk says to a holder."""

from __future__ import annotations

from gatepass.gate.masking import greeting
from gatepass.identity import Holder, Sex


def test_the_screen_greets_in_the_manner_of_each_language() -> None:
    wang = Holder(native_name="王秀英", sex=Sex.FEMALE)
    assert [greeting(wang, language) for language in ("zh-Hans", "zh-Hant", "en", "ko", "ja")] == [
        "王* 女士", "王* 女士", "王*", "王* 님", "王* 様"
    ]  # fmt: skip
    assert greeting(Holder(), "ja") == ""
