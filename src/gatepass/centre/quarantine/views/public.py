"""Is this release notice good? For an employer, a school, a landlord: without a log-in, in five languages.

Nobody is found here: the page answers to the signed text of a QR code, or to a number of 64 random bits, and tells no
more than what stands on the paper, with the name masked. How often one address may ask is limited.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gatepass.centre import keys
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.quarantine.models import Notice, Release
from gatepass.centre.quarantine.words import end_words, kind_word, moment_words
from gatepass.credentials import CredentialError, release_notice, serials
from gatepass.identity.masking import mask_name


@dataclass(frozen=True, slots=True)
class Told:
    sign: str
    """`green`, `yellow` or `red`: a shape and a word stand beside it."""
    outcome: str
    sentence: str
    facts: list[tuple[str, str]]


@never_cache
@require_http_methods(["GET", "POST"])
def notice_check(request: HttpRequest) -> HttpResponse:
    """The number from the paper is typed. It is posted: no number stands in an address or a history."""
    told, refused = None, ""
    if request.method == "POST":
        try:
            _spend(request)
        except RefusedError as error:
            refused = error.sentence
        else:
            told = _of_number(request.POST.get("number", ""))
    return render(request, "quarantine/check.html", {"told": told, "refused": refused})


@never_cache
@require_GET
def notice_shown(request: HttpRequest, text: str) -> HttpResponse:
    """What the QR code on the paper opens."""
    told, refused = None, ""
    try:
        _spend(request)
    except RefusedError as error:
        refused = error.sentence
    else:
        told = _of_text(text)
    return render(request, "quarantine/check.html", {"told": told, "refused": refused})


def _spend(request: HttpRequest) -> None:
    spend("notice_from_address", request.META.get("REMOTE_ADDR", ""), request.META.get("REMOTE_ADDR"))


def _of_text(text: str) -> Told:
    own = keys.code_signing_key(settings.KEYS_DIR).public_key().public_bytes_raw()
    try:
        signed = release_notice.read(text, [own])
    except CredentialError as error:
        if error.code == "notice_unknown":
            return Told("yellow", _("Not from here"), _("Another town has signed this notice. Ask there."), [])
        sentence = _("The code was damaged or made up. Scan it again; if it stays so, do not rely on the paper.")
        return Told("red", _("Not genuine"), sentence, [])
    notice = _notice(signed.serial)
    if notice is None:
        sentence = _(
            "The signature is genuine, but the record has been erased since: we can no longer say whose it was."
        )
        return Told("yellow", _("No longer on record"), sentence, [])
    return _told(notice)


def _of_number(typed: str) -> Told:
    try:
        notice = _notice(serials.read(typed))
    except CredentialError:
        notice = None
    if notice is None:
        sentence = _("No notice has this number. Compare it letter by letter with the paper, or scan the code.")
        return Told("yellow", _("Number not known"), sentence, [])
    return _told(notice)


def _notice(serial: bytes) -> Notice | None:
    notices = Notice.objects.select_related("release__quarantine__resident__site__community")
    return notices.filter(serial=serial).first()


def _told(notice: Notice) -> Told:
    release = notice.release
    case = release.quarantine
    facts = [
        (pgettext("a notice", "Issued by"), notice.issuer),
        (_("Issued"), moment_words(notice.issued_at, case.civil)),
        (_("Name"), mask_name(case.resident.full_name)),
        (_("Kind"), kind_word(case)),
        (_("Released"), moment_words(release.done_at or notice.issued_at, case.civil)),
        (_("Number"), serials.written(bytes(notice.serial))),
    ]
    if case.resident.latin_name and case.resident.latin_name != case.resident.full_name:
        facts.insert(3, (_("Name in Latin letters"), mask_name(case.resident.latin_name)))
    if release.timing != Release.Timing.EARLY:
        facts.insert(-2, (_("End of the period"), end_words(case.ends_at, case.civil)))
    if notice.revoked_at is not None:
        day = moment_words(notice.revoked_at, case.civil)
        return Told(
            "red", _("Revoked"), _("This notice was genuine, and was revoked on %(day)s.") % {"day": day}, facts
        )
    sentence = _("This notice is genuine and stands. Compare the name and the number with the paper.")
    return Told("green", _("Valid"), sentence, facts)
