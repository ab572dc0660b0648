"""The verbs of photos: record a consent, keep a photo under it, erase the photo when the consent is taken back."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.people.photos.models import Photo, PhotoConsent
from gatepass.centre.people.photos.picture import PictureError, small_jpeg


def consent_to_photo(
    by: User | None, resident: Resident, *, manner: str, given_on: date, given_by: str = ""
) -> PhotoConsent:
    """RefusedError `photo_consent_there`, `photo_consent_in_future`."""
    now = timezone.now()
    if given_on > timezone.localdate(now):
        raise RefusedError("photo_consent_in_future")
    with transaction.atomic():
        if resident.photo_consents.filter(withdrawn_at__isnull=True).exists():
            raise RefusedError("photo_consent_there")
        consent = PhotoConsent.objects.create(
            resident=resident,
            manner=PhotoConsent.Manner(manner),
            given_on=given_on,
            given_by=given_by,
            recorded_at=now,
            recorded_by=by,
        )
        record(by, "photo:consent", resident, manner=manner)
    return consent


def keep_photo(by: User | None, resident: Resident, content: bytes) -> Photo:
    """The photo, small and sealed, in the place of an earlier one.

    RefusedError `photo_needs_consent`, `photo_too_large`, `photo_unreadable`.
    """
    if not resident.photo_consents.filter(withdrawn_at__isnull=True).exists():
        raise RefusedError("photo_needs_consent")
    try:
        jpeg = small_jpeg(content)
    except PictureError as error:
        raise RefusedError(error.code) from None
    with transaction.atomic():
        if not resident.photo_consents.filter(withdrawn_at__isnull=True).exists():
            raise RefusedError("photo_needs_consent")
        _erase(Q(resident=resident))
        photo = Photo.objects.create(resident=resident, jpeg=jpeg, taken_at=timezone.now())
        record(by, "photo:keep", resident)
    return photo


def withdraw_photo_consent(by: User | None, resident: Resident) -> None:
    """The consent ends and the photo is erased, from the file as well; also of rows that were merged into this one."""
    now = timezone.now()
    with transaction.atomic():
        whose = Q(resident=resident) | Q(resident__merged_into=resident)
        PhotoConsent.objects.filter(whose, withdrawn_at__isnull=True).update(withdrawn_at=now)
        erased = _erase(whose)
        record(by, "photo:withdraw", resident, erased=erased)


def _erase(whose: Q) -> int:
    """SQLite leaves deleted bytes in its free pages unless it is told to write over them."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    erased, _each = Photo.objects.filter(whose).delete()
    return erased
