"""A photo of a passport becomes the first draft of a traveller, for a person to compare."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.arrivals.models import Proof
from gatepass.centre.errors import RefusedError
from gatepass.centre.uploads import Opened, UploadError, open_upload
from gatepass.centre.verifications.access import verdict_of
from gatepass.identity import DocumentError, DocumentKind
from gatepass.identity.mrz_reading import read_zone
from gatepass.languages import language_for

FIELDS: dict[str, Promise] = {
    "number": _("the number: its check digit does not fit"),
    "birth": _("the date of birth: its check digit does not fit"),
    "expiry": _("the last day of validity: its check digit does not fit"),
    "issuer": _("the state that issued it"),
    "nationality": _("the nationality"),
    "names": _("the name"),
    "sex": _("the sex"),
    "sum": _("every field: the digit over all of them does not fit"),
}
"""What can be in doubt, in words."""


def opened_upload(content: bytes, *, zone: bool = False) -> Opened:
    """RefusedError `upload_…`."""
    try:
        return open_upload(content, zone=zone)
    except UploadError as error:
        raise RefusedError(error.code) from None


def traveller_from(opened: Opened) -> tuple[dict[str, Any], list[str]]:
    """Fields of `Traveller`, and those in doubt. RefusedError `zone_none`, `zone_blurred` with the next step."""
    if not opened.zone:
        raise RefusedError("zone_blurred" if opened.zone_seen else "zone_none")
    try:
        read = read_zone(opened.zone)
    except DocumentError:
        raise RefusedError("zone_blurred") from None
    document, holder = read.document, read.document.holder
    facts = {
        "kind": document.kind if document.kind is not DocumentKind.CARD_UID else DocumentKind.PASSPORT,
        "issuer": document.issuer,
        "number": document.number,
        "latin_name": holder.latin_name,
        "full_name": holder.latin_name,
        "birth": holder.birth.isoformat() if holder.birth else "",
        "sex": holder.sex,
        "nationality": holder.nationality,
        "valid_until": document.validity.last,
        "language": language_for(holder.nationality).lower(),
    }
    return facts, [*read.doubtful, *(["sum"] if read.sum_wrong else [])]


def proof_facts(opened: Opened, kind: str) -> dict[str, Any]:
    """What is kept of an upload, and what our own formats say of a code on it."""
    verdict: dict[str, Any] = {}
    if kind != Proof.Kind.PASSPORT:
        for text in opened.codes:
            said = verdict_of(text)
            if said.format.value != "unknown":
                verdict = {"outcome": str(said.outcome), "reasons": list(said.reasons), "format": said.format.value}
                break
    return {
        "kind": kind,
        "content": opened.content,
        "media_type": opened.media_type,
        "size": len(opened.content),
        "verdict": verdict,
    }
