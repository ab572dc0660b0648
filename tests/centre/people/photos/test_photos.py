from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.cast import LI
from tests.centre.people.things import small_picture

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.photos.actions import consent_to_photo, keep_photo, withdraw_photo_consent
from gatepass.centre.people.photos.models import Photo, PhotoConsent
from gatepass.centre.people.photos.picture import MOST_BYTES, PictureError, small_jpeg

TODAY = timezone.localdate


def picture(kind: str, size: tuple[int, int] = (1200, 1600), **how) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "steelblue").save(out, kind, **how)
    return out.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-NOTE"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", (1600, 1200), exif=exif, comment=b"SECRET-NOTE")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_small_jpeg(kind) -> None:
    with Image.open(io.BytesIO(small_jpeg(picture(kind)))) as made:
        assert made.format == "JPEG"
        assert made.width <= 480
        assert made.height <= 640


def test_what_the_camera_noted_is_gone_and_the_picture_stands_upright() -> None:
    content = with_exif()
    assert b"SECRET-NOTE" in content
    made = small_jpeg(content)
    assert b"SECRET-NOTE" not in made
    assert b"Exif" not in made
    with Image.open(io.BytesIO(made)) as upright:
        assert upright.height > upright.width
        assert not upright.getexif()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        # Made when its test runs: the large one takes seconds.
        (lambda: b"", "photo_unreadable"),
        (lambda: b"GIF89a" + bytes(100), "photo_unreadable"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unreadable"),
        (lambda: picture("JPEG")[:300], "photo_unreadable"),
        (lambda: picture("PNG", (20, 20)), "photo_unreadable"),
        (lambda: picture("PNG", (9000, 6000), compress_level=1), "photo_too_large"),
        (lambda: bytes(MOST_BYTES + 1), "photo_too_large"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(content, code) -> None:
    with pytest.raises(PictureError) as refused:
        small_jpeg(content())
    assert refused.value.code == code


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_picture_is_read_or_refused(data) -> None:
    content = bytearray(small_picture())
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert small_jpeg(bytes(content)).startswith(b"\xff\xd8")
    except PictureError as error:
        assert error.code.startswith("photo_")  # noqa: PT017 - either outcome is right


@pytest.mark.django_db
def test_no_photo_without_consent_and_none_after_it(register) -> None:
    wang = register()
    with pytest.raises(RefusedError, match="photo_needs_consent"):
        keep_photo(None, wang, small_picture())
    consent_to_photo(None, wang, manner="signed", given_on=TODAY())
    keep_photo(None, wang, small_picture())
    keep_photo(None, wang, small_picture())
    assert Photo.objects.count() == 1
    withdraw_photo_consent(None, wang)
    assert not Photo.objects.exists()
    assert PhotoConsent.objects.get().withdrawn_at is not None
    with pytest.raises(RefusedError, match="photo_needs_consent"):
        keep_photo(None, wang, small_picture())
    assert Entry.objects.get(verb="photo:withdraw").fields == {"erased": 1}


@pytest.mark.django_db
def test_the_photo_is_sealed_in_the_database(register) -> None:
    wang = register()
    consent_to_photo(None, wang, manner="spoken", given_on=TODAY())
    keep_photo(None, wang, small_picture())
    with connection.cursor() as cursor:
        cursor.execute("SELECT jpeg FROM photos_photo")
        stored = bytes(cursor.fetchone()[0])
    assert b"JFIF" not in stored
    assert bytes(Photo.objects.get().jpeg).startswith(b"\xff\xd8")


@pytest.mark.django_db(transaction=True)
def test_an_erased_photo_is_gone_from_the_file_as_well(register) -> None:
    wang = register()
    consent_to_photo(None, wang, manner="spoken", given_on=TODAY())
    keep_photo(None, wang, picture("JPEG"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT substr(jpeg, -64) FROM photos_photo")
        end = bytes(cursor.fetchone()[0])
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(connection.settings_dict["NAME"])
    assert end in path.read_bytes()
    withdraw_photo_consent(None, wang)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert end not in path.read_bytes()


@pytest.mark.django_db
def test_a_consent_is_given_once_and_not_tomorrow(register) -> None:
    wang = register()
    with pytest.raises(RefusedError, match="photo_consent_in_future"):
        consent_to_photo(None, wang, manner="signed", given_on=TODAY() + timedelta(days=1))
    consent_to_photo(None, wang, manner="signed", given_on=TODAY())
    with pytest.raises(RefusedError, match="photo_consent_there"):
        consent_to_photo(None, wang, manner="signed", given_on=TODAY())


@pytest.mark.django_db
def test_withdrawing_erases_the_photo_of_a_merged_half_too(register) -> None:
    wang, li = register(), register(LI)
    for one in (wang, li):
        consent_to_photo(None, one, manner="signed", given_on=TODAY())
        keep_photo(None, one, small_picture())
    merge(None, wang, li)
    assert Photo.objects.count() == 2
    withdraw_photo_consent(None, wang)
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_the_page_asks_for_the_consent_first_and_shows_the_photo_to_staff_in_scope(
    town, register, employ, log_in
) -> None:
    wang = register()
    client, address = log_in(employ(Role.SOCIAL_WORKER, site=town.estate)), f"/residents/{wang.pk}/photo/"
    assert "Record the consent first" in client.get(address).content.decode()
    upload = {"photo": SimpleUploadedFile("x.jpg", small_picture(), "image/jpeg")}
    client.post(address, upload)
    assert not Photo.objects.exists()
    client.post(address, {"manner": "signed", "given_on": TODAY().isoformat(), "given_by": "daughter"})
    assert PhotoConsent.objects.get().given_by == "daughter"
    assert client.post(address, {"photo": SimpleUploadedFile("x.jpg", b"nothing")}).status_code == 200
    assert "cannot be read" in client.post(address, {"photo": SimpleUploadedFile("x", b"no")}).content.decode()
    client.post(address, {"photo": SimpleUploadedFile("x.jpg", small_picture(), "image/jpeg")})
    photo = client.get(f"/residents/{wang.pk}/photo.jpg")
    assert (photo.status_code, photo.headers["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in photo.headers["Cache-Control"]
    far = log_in(employ(Role.SOCIAL_WORKER, site=town.far_site))
    assert far.get(f"/residents/{wang.pk}/photo.jpg").status_code == 404
    client.post(f"/residents/{wang.pk}/photo/withdraw/")
    assert client.get(f"/residents/{wang.pk}/photo.jpg").status_code == 404
