"""Passkeys (WebAuthn level 2): the phone's own lock instead of a one-time code.

A challenge lives five minutes in the browser's session and is used once. Passkeys are bound to the centre's host name;
an address that is a bare number (127.0.0.1) can have none, and the pages then do not offer them.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Any

import webauthn
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from gatepass.centre.applicants.actions import Entrance, begin_visit
from gatepass.centre.applicants.models import Applicant, Passkey
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend

CHALLENGE_LIVES_S = 300
MOST_PASSKEYS = 10
MOST_BYTES = 16_384
_PLACE = "passkey_challenge"


def offered() -> bool:
    """Whether this centre's address can have passkeys at all."""
    host = settings.CONFIGURATION.host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return settings.CONFIGURATION.https or host == "localhost"
    return False


def options_to_add(applicant: Applicant, session: SessionBase, shown_as: str) -> str:
    """JSON for `navigator.credentials.create`."""
    options = webauthn.generate_registration_options(
        rp_id=settings.CONFIGURATION.host,
        rp_name=settings.CONFIGURATION.town,
        user_id=bytes(applicant.contact_hash),
        user_name=shown_as,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id)) for passkey in applicant.passkeys.all()
        ],
    )
    _keep(session, "add", options.challenge)
    return webauthn.options_to_json(options)


def add_passkey(applicant: Applicant, session: SessionBase, answer: bytes, device: str) -> Passkey:
    """RefusedError `passkey_wrong`, `passkeys_many`."""
    challenge = _take(session, "add")
    if applicant.passkeys.count() >= MOST_PASSKEYS:
        raise RefusedError("passkeys_many")
    try:
        verified = webauthn.verify_registration_response(
            credential=_text(answer),
            expected_challenge=challenge,
            expected_rp_id=settings.CONFIGURATION.host,
            expected_origin=settings.CONFIGURATION.address,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise RefusedError("passkey_wrong") from None
    with transaction.atomic():
        if Passkey.objects.filter(credential_id=verified.credential_id).exists():
            raise RefusedError("passkey_wrong")
        passkey = Passkey.objects.create(
            applicant=applicant,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            device=device[:60],
            created_at=timezone.now(),
        )
        record(applicant, "passkey:add", passkey)
    return passkey


def options_to_enter(session: SessionBase) -> str:
    """JSON for `navigator.credentials.get`: any passkey of this site, nobody's name asked for."""
    options = webauthn.generate_authentication_options(
        rp_id=settings.CONFIGURATION.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep(session, "enter", options.challenge)
    return webauthn.options_to_json(options)


def enter_by_passkey(session: SessionBase, answer: bytes, device: str, address: str | None) -> Entrance:
    """RefusedError `passkey_wrong`, `too_many`."""
    spend("passkey_from_address", address or "", address)
    challenge = _take(session, "enter")
    try:
        text = _text(answer)
        sent = webauthn.helpers.parse_authentication_credential_json(text)
        passkey = Passkey.objects.select_related("applicant").get(credential_id=sent.raw_id)
        verified = webauthn.verify_authentication_response(
            credential=text,
            expected_challenge=challenge,
            expected_rp_id=settings.CONFIGURATION.host,
            expected_origin=settings.CONFIGURATION.address,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (Passkey.DoesNotExist, WebAuthnException, ValueError, KeyError, TypeError):
        raise RefusedError("passkey_wrong") from None
    with transaction.atomic():
        passkey.sign_count, passkey.used_at = verified.new_sign_count, timezone.now()
        passkey.save(update_fields=["sign_count", "used_at"])
        return begin_visit(passkey.applicant, device)


def _keep(session: SessionBase, purpose: str, challenge: bytes) -> None:
    kept: dict[str, Any] = {"for": purpose, "at": time.time(), "challenge": bytes_to_base64url(challenge)}
    session[_PLACE] = kept


def _take(session: SessionBase, purpose: str) -> bytes:
    kept = session.pop(_PLACE, None)
    if not kept or kept["for"] != purpose or time.time() - kept["at"] > CHALLENGE_LIVES_S:
        raise RefusedError("passkey_wrong")
    return base64url_to_bytes(kept["challenge"])


def _text(answer: bytes) -> str:
    if len(answer) > MOST_BYTES:
        raise ValueError("too long")
    return answer.decode("utf-8")
