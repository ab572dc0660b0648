"""Is this release notice, or this order, good? For an employer, a school, a landlord: no log-in, five languages.

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
from gatepass.centre.quarantine.models import Amendment, Notice, Release
from gatepass.centre.quarantine.printing import issuer_of
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
    told = _told_of(signed.serial, signed.kind)
    if told is None:
        sentence = _(
            "The signature is genuine, but the record has been erased since: we can no longer say whose it was."
        )
        return Told("yellow", _("No longer on record"), sentence, [])
    return told


def _of_number(typed: str) -> Told:
    try:
        serial = serials.read(typed)
        told = _told_of(serial, release_notice.RELEASE) or _told_of(serial, release_notice.ORDER)
    except CredentialError:
        told = None
    if told is None:
        sentence = _("No paper has this number. Compare it letter by letter with the paper, or scan the code.")
        return Told("yellow", _("Number not known"), sentence, [])
    return told


def _told_of(serial: bytes, kind: str) -> Told | None:
    if kind == release_notice.ORDER:
        amendments = Amendment.objects.select_related("quarantine__resident__site__community")
        order = amendments.filter(serial=serial).first()
        return _told_order(order) if order else None
    notices = Notice.objects.select_related("release__quarantine__resident__site__community")
    notice = notices.filter(serial=serial).first()
    return _told(notice) if notice else None


def _told_order(order: Amendment) -> Told:
    """In force; changed since; or over. Why it was given, and how it ended otherwise than by a release, is not said."""
    case = order.quarantine
    facts = [
        (pgettext("a notice", "Issued by"), issuer_of(case.resident)),
        (_("Issued"), moment_words(order.at, case.civil)),
        (_("Name"), mask_name(case.resident.full_name)),
        (_("Kind"), kind_word(case)),
        (_("Beginning"), moment_words(order.started_at, case.civil)),
        (_("End"), end_words(order.ends_at, case.civil)),
        (_("Number"), serials.written(bytes(order.serial))),
    ]
    if not case.is_open:
        return Told(
            "yellow", pgettext("an order", "Over"), _("This order was genuine, and is in force no more."), facts
        )
    if case.amendments.filter(pk__gt=order.pk).exists():
        sentence = _("This order was genuine, and was changed since. Ask for the new paper.")
        return Told("yellow", _("Changed since"), sentence, facts)
    sentence = _("This order is genuine and in force. Compare the name and the number with the paper.")
    return Told("green", pgettext("an order", "In force"), sentence, facts)


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
