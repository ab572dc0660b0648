"""The paper code: legible to a camera and to an elder, in five languages, without a colour and without a number."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
import segno
import typst
from PIL import Image, ImageChops
from tests.cast import WANG
from tests.credentials.town import SERIAL, paper

from gatepass.centre.codes.papers import PaperError, Size, fonts_missing, paper_pdf, printing
from gatepass.credentials import serials
from gatepass.languages import LANGUAGES, Language

has_fonts = pytest.mark.skipif(
    any(fonts_missing(language) for language in LANGUAGES), reason="no CJK fonts (Debian package: fonts-noto-cjk)"
)
CARD_MM = (85.6, 54.0)
A4_MM = (210.0, 297.0)
FACTS: dict[str, Any] = {
    "name": WANG.name,
    "masked": False,
    "last_day": date(2027, 5, 21),
    "number": serials.written(SERIAL),
    "issuer": "杭州市上城区 清波街道",
    "help_line": "0571-0000 0000",
    "language": "zh-Hans",
    "size": Size.CARD,
}


def printed(**changed: Any) -> bytes:
    return paper_pdf(paper(), **(FACTS | changed))


def facts_of(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> dict[str, Any]:
    """What goes to the typesetter."""
    seen: list[dict[str, Any]] = []
    with monkeypatch.context() as patched:
        patched.setattr(printing, "_typeset", lambda facts, **_: seen.append(facts) or [b""])
        printed(**changed)
    return seen[0]


def pages(monkeypatch: pytest.MonkeyPatch, pixels_per_mm: float, **changed: Any) -> list[Image.Image]:
    facts = facts_of(monkeypatch, **changed)
    made = printing._typeset(facts, format="png", ppi=pixels_per_mm * 25.4)
    return [Image.open(io.BytesIO(page)).convert("RGB") for page in made]


@has_fonts
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", Size)
def test_a_paper_is_a_pdf_in_every_language_and_size(language: Language, size: Size) -> None:
    made = printed(language=language, size=size)
    assert made.startswith(b"%PDF-")
    assert len(made) < 80_000
    assert made == printed(language=language, size=size), "the same facts, the same bytes"


@has_fonts
def test_the_pages_have_their_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    for size, number, (width, height) in ((Size.CARD, 2, CARD_MM), (Size.A4, 1, A4_MM)):
        made = pages(monkeypatch, 4, size=size)
        assert len(made) == number
        for page in made:
            assert page.width == pytest.approx(width * 4, abs=1)
            assert page.height == pytest.approx(height * 4, abs=1)


@has_fonts
@pytest.mark.parametrize("size", Size)
def test_no_colour_is_on_the_paper(monkeypatch: pytest.MonkeyPatch, size: Size) -> None:
    for page in pages(monkeypatch, 3, size=size):
        red, green, blue = page.split()
        for one, other in ((red, green), (green, blue), (red, blue)):
            assert ImageChops.difference(one, other).getextrema()[1] <= 14, "our ink is nearly black, the rest is grey"


def modules_at(page: Image.Image, left: float, top: float, module: float, scale: float) -> list[str]:
    """The symbol as a camera that sees `scale` pixels a millimetre would find it: dark or light in each middle."""
    grey = page.convert("L")
    lines = []
    for row in range(57):
        places = [(left + (column + 0.5) * module, top + (row + 0.5) * module) for column in range(57)]
        lines.append("".join("1" if grey.getpixel((int(x * scale), int(y * scale))) < 128 else "0" for x, y in places))
    return lines


@has_fonts
@pytest.mark.parametrize(
    ("size", "module", "left", "top"),
    [(Size.CARD, 0.76, 85.6 - 49.4 + 4 * 0.76, 2.3 + 4 * 0.76), (Size.A4, 104 / 57, 17.0, 15.0)],
)
def test_every_module_of_the_code_is_where_a_camera_looks_for_it(
    monkeypatch: pytest.MonkeyPatch, size: Size, module: float, left: float, top: float
) -> None:
    symbol = segno.make(paper(), error="q", version=10, mode="alphanumeric", boost_error=False)
    expected = ["".join(map(str, line)) for line in symbol.matrix]
    (page, *_) = pages(monkeypatch, 10, size=size)
    assert modules_at(page, left, top, module, 10) == expected
    # The quiet zone: four modules of white on each side (ISO/IEC 18004, section 6.3.8).
    zone = [round(10 * each) for each in (left - 4 * module, top - 4 * module, left + 61 * module, top + 61 * module)]
    inner = [round(10 * each) for each in (left, top, left + 57 * module, top + 57 * module)]
    around = page.convert("L").copy()
    around.paste(255, tuple(inner))
    assert around.crop(tuple(zone)).getextrema() == (255, 255)


@has_fonts
def test_a_wide_lens_at_thirty_centimetres_still_reads_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """1,920 pixels across 90 degrees at 300 mm are 3.2 a millimetre: 2.4 a module of the card."""
    zxingcpp = pytest.importorskip("zxingcpp")
    (front, _) = pages(monkeypatch, 3.2)
    for turned in (0, 7, 90, 200):
        seen = front.rotate(turned, resample=Image.Resampling.BICUBIC, expand=True, fillcolor="white")
        assert [each.text for each in zxingcpp.read_barcodes(seen)] == [paper()]


@has_fonts
def test_a_name_is_whole_masked_or_left_out_as_the_person_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = facts_of(monkeypatch)
    masked = facts_of(monkeypatch, masked=True)
    without = facts_of(monkeypatch, name="")
    assert (whole["name"], masked["name"], without["name"]) == ("王秀英", "王*", "")
    assert "秀英" not in json.dumps(masked, ensure_ascii=False)
    assert len({printed(), printed(masked=True), printed(name="")}) == 3


@has_fonts
def test_the_last_day_is_written_as_each_language_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {language: facts_of(monkeypatch, language=language)["last_day"] for language in LANGUAGES}
    assert written == {
        "zh-Hans": "2027年5月21日",
        "zh-Hant": "2027年5月21日",
        "en": "21 May 2027",
        "ko": "2027년 5월 21일",
        "ja": "2027年5月21日",
    }


LONG = "Maria-Anastasia Konstantinopoulou-Wolfeschlegelsteinhausen "


@has_fonts
@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-Hans", "ko"])
@pytest.mark.parametrize(
    "text",
    [LONG * 3, "买买提·阿不都热合曼·" * 9, "X" * 500, "한" * 90, "\ud800\x00\n#pagebreak()*_[$"],
    ids=["latin", "chinese", "one word", "korean", "markup"],
)
def test_nothing_that_a_name_may_be_breaks_the_page_or_touches_the_code(
    monkeypatch: pytest.MonkeyPatch, language: Language, text: str
) -> None:
    for size, number in ((Size.CARD, 2), (Size.A4, 1)):
        usual = pages(monkeypatch, 3, language=language, size=size)
        made = pages(monkeypatch, 3, language=language, size=size, name=text, issuer=text, help_line=text)
        assert len(made) == number
        # Right of the text column, the front is as it always is: nothing runs into the code.
        left = (85.6 - 49.4) * 3 if size is Size.CARD else 0
        right = usual[0].width if size is Size.CARD else (17 + 104) * 3
        bottom = usual[0].height if size is Size.CARD else (15 + 104) * 3
        box = (int(left) + 2, 0, int(right), int(bottom))
        assert ImageChops.difference(usual[0].crop(box), made[0].crop(box)).getbbox() is None
        edge = made[0].crop((made[0].width - 3, 0, made[0].width, made[0].height))
        assert edge.convert("L").getextrema()[0] == 255, "nothing leaves the page"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_fonts_nothing_is_printed_and_the_package_is_named(
    monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    bare = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    monkeypatch.setattr(printing, "_fonts", lambda: bare)
    assert fonts_missing(language)
    with pytest.raises(PaperError) as refused:
        printed(language=language)
    assert refused.value.code == "fonts_missing"
    assert "fonts-noto-cjk" in refused.value.sentence


@has_fonts
@pytest.mark.parametrize("text", [paper() + "A" * 100, "gp1:", "https://example.org", ""])
def test_what_is_no_health_code_is_not_printed(text: str) -> None:
    with pytest.raises(PaperError, match="too_large"):
        paper_pdf(text, **FACTS)
