"""The verbs of tokens: issue, revoke; and who a presented token is."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.api.models import Call, Scope, Token
from gatepass.centre.api.scopes import OF_A_COMPANY
from gatepass.centre.audit.actions import named, record
from gatepass.centre.employers.models import Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.sites.models import Community, Site

PREFIX: Final = "gpt_"
"""So that a token that lies about in a file is found by a search for secrets."""
LONGEST: Final = timedelta(days=366)
ANSWERS_KEPT: Final = timedelta(days=1)
_USED_AGAIN_AFTER = timedelta(minutes=5)


Place = Community | Site | Company | None
"""For whose people and gates a token is; None: the whole town."""


def issue_token(
    by: User | None, name: str, scopes: list[Scope], place: Place, expires_at: datetime
) -> tuple[Token, str]:
    """The row and the token, which is shown once.

    RefusedError `name_taken`, `token_scopes`, `token_of_company` (it may do less), `token_period`.
    """
    now = timezone.now()
    if not scopes:
        raise RefusedError("token_scopes")
    if isinstance(place, Company) and not OF_A_COMPANY.issuperset(scopes):
        raise RefusedError("token_of_company")
    if not now < expires_at <= now + LONGEST:
        raise RefusedError("token_period")
    text = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            token = Token.objects.create(
                name=name,
                token_hash=_hash(text),
                scopes=sorted(scope.value for scope in scopes),
                community=place if isinstance(place, Community) else None,
                site=place if isinstance(place, Site) else None,
                company=place if isinstance(place, Company) else None,
                created_at=now,
                created_by=by,
                expires_at=expires_at,
            )
            record(by, "token:issue", token, scopes=token.scopes, place=named(place) if place else "town")
    except IntegrityError:
        raise RefusedError("name_taken") from None
    return token, text


def revoke_token(by: User, token: Token) -> None:
    """Refused at its next call."""
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record(by, "token:revoke", token)


def token_of(text: str) -> Token | None:
    """Found by its hash, so that no comparison tells anything by its time."""
    now = timezone.now()
    token = Token.objects.filter(token_hash=_hash(text)).first()
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    if token.used_at is None or now - token.used_at > _USED_AGAIN_AFTER:
        Token.objects.filter(pk=token.pk).update(used_at=now)
    return token


def forget_answers(now: datetime) -> int:
    return Call.objects.filter(at__lt=now - ANSWERS_KEPT).delete()[0]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
