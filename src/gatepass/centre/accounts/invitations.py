"""Invitation of staff by a link: it is good once and for three days, and lets its holder choose a password.

1. `invite`: the link, to be shown once or sent by mail; an earlier one is void.
2. `invited`: whose link it is, without using it up: mail programs open links before people do.
3. `accept`: the password is chosen, the link is used up, and whatever was logged in is logged out.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.actions import void_invitations
from gatepass.centre.accounts.models import StaffInvitation, User
from gatepass.centre.accounts.sessions import close_sessions
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.sending.actions import queue
from gatepass.centre.sending.models import Channel

INVITATION_LIVES: Final = timedelta(days=3)


def invite(by: User | None, user: User, mail_to: str = "") -> str:
    """The link. With `mail_to` it is sent there too; the address is kept with the message and nowhere else.

    RefusedError `account_inactive`.
    """
    if not user.is_active:
        raise RefusedError("account_inactive")
    token, now = secrets.token_urlsafe(32), timezone.now()
    link = f"{settings.CONFIGURATION.address}{reverse('invitation', args=[token])}"
    with transaction.atomic():
        void_invitations(user)
        invitation = StaffInvitation.objects.create(
            user=user,
            token_hash=_hash(token),
            made_by_name=by.full_name if by else "",
            made_at=now,
            expires_at=now + INVITATION_LIVES,
        )
        if mail_to:
            _send(invitation, mail_to, link)
        record(by, "staff:invite", user, mailed=bool(mail_to))
    return link


def invited(token: str, address: str | None) -> User:
    """Who may choose a password by this link. RefusedError `staff_invitation_unknown` (also: used, run out),
    `too_many`."""
    found = _open(token)
    if found is None:
        # Only a wrong link is a try: the right one may be opened as often as its holder likes.
        spend("invitation_from_address", address or "", address)
        raise RefusedError("staff_invitation_unknown")
    return found.user


def accept(token: str, password: str, address: str | None) -> User:
    """RefusedError as `invited`. Whoever was logged in as this user is out: it may have been somebody else."""
    user = invited(token, address)
    with transaction.atomic():
        found = _open(token)
        if found is None:
            raise RefusedError("staff_invitation_unknown")
        user = found.user
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        close_sessions(user)
        void_invitations(user)
        record(user, "staff:accept_invitation", user)
    return user


def _open(token: str) -> StaffInvitation | None:
    found = StaffInvitation.objects.filter(token_hash=_hash(token), expires_at__gt=timezone.now())
    return found.select_related("user").filter(user__is_active=True).first()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _send(invitation: StaffInvitation, mail_to: str, link: str) -> None:
    user, town = invitation.user, settings.CONFIGURATION.town
    with translation.override(user.language):
        queue(
            Channel.EMAIL,
            mail_to,
            kind="staff_invitation",
            language=user.language,
            subject=gettext("Your account at %(town)s") % {"town": town},
            text=gettext(
                "%(name)s, an account has been opened for you at %(town)s. Your user name is %(username)s.\n\n"
                "Open this link within three days and choose a password. It is good once:\n%(link)s\n\n"
                "If you expected nothing of the kind, do nothing, and tell the office."
            )
            % {"name": user.full_name, "town": town, "username": user.username, "link": link},
            not_after=invitation.expires_at,
        )
