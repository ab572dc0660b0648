from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image
from tests.identity.zones import TD3, passport

from gatepass.centre.uploads import UploadError, open_upload
from gatepass.centre.uploads.opener import main
from gatepass.identity.mrz_reading import read_zone
from gatepass.readers.camera.stage import Shot, code, jpeg_of, page, photograph

WOJCIK = passport(names="WOJCIK<<ZOFIA<MARIA", number="EA4711926", personal="92120304567")


def a_photo(zone: str, **shot: object) -> bytes:
    return jpeg_of(photograph(page(zone, seed=3), Shot(**{"size": (1280, 720), "width": 0.75, **shot}), seed=3))


def a_pdf(*objects: bytes, packed: bytes = b"") -> bytes:
    stream = zlib.compress(packed)
    return b"%PDF-1.7\n" + b"\n".join(objects) + b"\n9 0 obj <</Length 1>> stream\n" + stream + b"\nendstream\n%%EOF\n"


def test_a_photo_is_written_anew_and_says_nothing_of_place_and_camera() -> None:
    picture = Image.new("RGB", (3000, 1500), "#8899aa")
    exif = picture.getexif()
    exif[271], exif[34853] = "Secret Camera", {1: "N", 2: (52.0, 5.0, 1.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"Secret note")
    opened = open_upload(out.getvalue())
    kept = Image.open(io.BytesIO(opened.content))
    assert (opened.media_type, kept.format, kept.size) == ("image/jpeg", "JPEG", (2000, 1000))
    assert not kept.getexif()
    assert b"Secret" not in opened.content


@pytest.mark.slow
def test_a_passport_in_a_photo_is_read_also_when_it_lies_across() -> None:
    for how in ({"turned": 2}, {"turned": 90, "width": 0.6, "size": (1920, 1080)}):
        opened = open_upload(a_photo(WOJCIK, **how), zone=True)
        assert (opened.zone, opened.zone_sure) == (WOJCIK, True), how


@pytest.mark.slow
def test_a_zone_whose_check_digit_is_wrong_names_the_field() -> None:
    number = WOJCIK.replace("\n", "")[44:53]
    place = WOJCIK.index(number) + 9
    wrong = WOJCIK[:place] + str((int(WOJCIK[place]) + 5) % 10) + WOJCIK[place + 1 :]
    opened = open_upload(a_photo(wrong), zone=True)
    assert (opened.zone_sure, opened.zone_seen) == (False, True)
    read = read_zone(opened.zone)
    assert read.doubtful == ("number",)
    assert read.document.holder.latin_name == "WOJCIK, ZOFIA MARIA"


@pytest.mark.slow
def test_a_photo_without_a_zone_says_so() -> None:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "#445566").save(out, "JPEG")
    opened = open_upload(out.getvalue(), zone=True)
    assert (opened.zone, opened.zone_seen) == ("", False)


def test_a_code_on_a_certificate_is_read() -> None:
    opened = open_upload(jpeg_of(photograph(code("HC1:TEST"), Shot(size=(800, 600), width=0.5))))
    assert opened.codes == ("HC1:TEST",)


def test_a_pdf_is_kept_as_it_is() -> None:
    content = a_pdf(b"1 0 obj <</Type /Catalog /OpenAction [3 0 R /Fit]>>", packed=b"<</Type /Page>>")
    assert open_upload(content).content == content
    assert open_upload(content).media_type == "application/pdf"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (a_pdf(b"<</S /JavaScript /JS (app.alert)>>"), "upload_active"),
        (a_pdf(b"<</S /Java#53cript>>"), "upload_active"),
        (a_pdf(packed=b"<</S /Launch>>"), "upload_active"),
        (a_pdf(b"<</EmbeddedFiles 3 0 R>>"), "upload_active"),
        (a_pdf(b"<</Encrypt 3 0 R>>"), "upload_locked"),
        (b"%PDF-1.7\nbroken", "upload_unreadable"),
        (b"MZ\x90\x00 a program", "upload_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "upload_kind"),
        (b"GIF89a" + bytes(60), "upload_kind"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "upload_kind"),
        (b"", "upload_unreadable"),
        (bytes(8_000_001), "upload_too_large"),
    ],
)
def test_what_is_no_good_is_refused_with_a_reason(content: bytes, fault: str) -> None:
    with pytest.raises(UploadError) as refused:
        open_upload(content)
    assert refused.value.code == fault


def test_a_picture_that_claims_to_be_enormous_is_never_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert main(out.getvalue(), zone=False) == {"fault": "upload_too_large"}


def test_nothing_of_a_person_is_in_a_repr() -> None:
    out = io.BytesIO()
    Image.new("RGB", (100, 100)).save(out, "PNG")
    assert TD3[:5] not in repr(open_upload(out.getvalue()))
    assert "content" not in repr(open_upload(out.getvalue()))
