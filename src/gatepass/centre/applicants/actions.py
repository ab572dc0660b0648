"""The verbs of log-in for people with a phone.

1. `send_code(contact)`: six digits, good for ten minutes and five tries. Whether the contact is known is never said.
2. `enter(contact, code)`: the applicant, made at the first time, and a visit whose token goes into a cookie.
3. `add_passkey`, `enter_by_passkey` (`passkeys.py`): the phone's own lock instead of a code from then on.
4. `leave`, `end_visit`, `drop_passkey`: the owner's own list of what is logged in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre import keys
from gatepass.centre.applicants.contacts import Contact
from gatepass.centre.applicants.models import Applicant, OneTimeCode, Passkey, Visit
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import forgive, spend
from gatepass.centre.sending.actions import queue
from gatepass.centre.sending.models import Channel

CODE_LIVES: Final = timedelta(minutes=10)
CODE_AGAIN_AFTER: Final = timedelta(seconds=30)
MOST_TRIES: Final = 5
VISIT_LIVES: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Entrance:
    applicant: Applicant
    token: str
    """For the cookie; nowhere else."""


def send_code(contact: Contact, language: str, address: str | None) -> None:
    """A new code to the contact, the old one void. RefusedError `too_many`, `code_just_sent`."""
    now = timezone.now()
    last = OneTimeCode.objects.filter(contact_hash=contact.hashed).values_list("sent_at", flat=True).first()
    if last is not None and now - last < CODE_AGAIN_AFTER:
        raise RefusedError("code_just_sent")
    spend("code_from_address", address or "", address)
    spend("code_to_contact", contact.address, address)
    code = f"{secrets.randbelow(10**6):06d}"
    facts = {"code_hash": _code_hash(contact, code), "sent_at": now, "expires_at": now + CODE_LIVES, "tries": 0}
    with transaction.atomic(), translation.override(language):
        OneTimeCode.objects.update_or_create(contact_hash=contact.hashed, defaults=facts)
        town = settings.CONFIGURATION.town
        queue(
            contact.channel,
            contact.address,
            kind="one_time_code",
            language=language,
            subject=gettext("Your code for %(town)s") % {"town": town} if contact.channel == Channel.EMAIL else "",
            text=gettext(
                "%(town)s: your code is %(code)s. It is good for 10 minutes. "
                "Nobody from the office ever asks you for it."
            )
            % {"town": town, "code": code},
            not_after=now + CODE_LIVES,
        )


def enter(contact: Contact, code: str, language: str, device: str, address: str | None) -> Entrance:
    """RefusedError `code_wrong` (also for one that has run out or was never sent), `too_many`."""
    spend("entry_from_address", address or "", address)
    spend("entry_of_contact", contact.address, address)
    now = timezone.now()
    with transaction.atomic():
        kept = OneTimeCode.objects.filter(contact_hash=contact.hashed, expires_at__gt=now, tries__lt=MOST_TRIES).first()
        expected = bytes(kept.code_hash) if kept else bytes(32)
        right = hmac.compare_digest(expected, _code_hash(contact, code))
        if kept and not right:
            OneTimeCode.objects.filter(pk=kept.pk).update(tries=F("tries") + 1)
        if kept and right:
            kept.delete()
            applicant = _applicant(contact, language)
            entrance = begin_visit(applicant, device)
    if not (kept and right):
        raise RefusedError("code_wrong")
    forgive("entry_of_contact", contact.address)
    return entrance


def begin_visit(applicant: Applicant, device: str) -> Entrance:
    """Inside a transaction of the caller."""
    token, now = secrets.token_urlsafe(32), timezone.now()
    Visit.objects.filter(applicant=applicant, seen_at__lt=now - VISIT_LIVES).delete()
    visit = Visit.objects.create(
        applicant=applicant, token_hash=token_hash(token), device=device[:60], began_at=now, seen_at=now
    )
    record(applicant, "visit:begin", visit)
    return Entrance(applicant, token)


def leave(token: str) -> None:
    """The visit of this cookie ends. An unknown one is left alone."""
    with transaction.atomic():
        visit = Visit.objects.filter(token_hash=token_hash(token)).select_related("applicant").first()
        if visit is not None:
            _end(visit.applicant, visit)


def end_visit(applicant: Applicant, visit: int) -> None:
    """The owner ends one on another device. One that is not theirs is not found."""
    with transaction.atomic():
        found = Visit.objects.filter(applicant=applicant, pk=visit).first()
        if found is not None:
            _end(applicant, found)


def drop_passkey(applicant: Applicant, passkey: int) -> None:
    with transaction.atomic():
        found = Passkey.objects.filter(applicant=applicant, pk=passkey).first()
        if found is not None:
            record(applicant, "passkey:drop", found)
            found.delete()


def set_own_facts(applicant: Applicant, *, full_name: str | None = None, language: str | None = None) -> None:
    with transaction.atomic():
        if full_name is not None:
            applicant.full_name = full_name.strip()[:120]
        if language is not None:
            applicant.language = language
        applicant.save(update_fields=["full_name", "language"])
        record(applicant, "applicant:change", applicant)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _end(applicant: Applicant, visit: Visit) -> None:
    record(applicant, "visit:end", visit)
    visit.delete()


def _applicant(contact: Contact, language: str) -> Applicant:
    known = Applicant.objects.filter(contact_hash=contact.hashed).first()
    if known is not None:
        return known
    applicant = Applicant.objects.create(
        channel=contact.channel,
        contact=contact.address,
        contact_hash=contact.hashed,
        language=language,
        created_at=timezone.now(),
    )
    record(applicant, "applicant:create", applicant)
    return applicant


def _code_hash(contact: Contact, code: str) -> bytes:
    """Keyed and bound to the contact: whoever reads the table cannot try the million codes without the town's key."""
    secret = keys.django_secret(settings.KEYS_DIR).encode()[:64]
    said = contact.hashed + "".join(code.split()).encode("utf-8", "replace")[:32]
    return hashlib.blake2b(said, key=secret, person=b"gatepass-otc-1", digest_size=32).digest()
