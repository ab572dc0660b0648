"""The verbs of accounts. A new or reset account gets a one-time password, shown once, changed at the first log-in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction

from gatepass.centre.accounts.models import Grant, StaffInvitation, User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.accounts.sessions import close_sessions
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.sites.models import Community, Site

POWERFUL: Final = frozenset({Role.ADMINISTRATOR, Role.TRACER})
"""Roles with which an account makes others, or opens movements."""
# No letter or digit that looks like another one: it is read out or copied from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class GrantWish:
    """A role, and where it holds: a community, a site, or (both None) the whole town."""

    role: Role
    community: Community | None = None
    site: Site | None = None
    languages: tuple[str, ...] = ()
    """Of an interpreter: codes of languages; none is all."""

    def __str__(self) -> str:
        where = f"@community:{self.community.pk}" if self.community else f"@site:{self.site.pk}" if self.site else ""
        return f"{self.role}{where}{''.join(f' {code}' for code in self.languages)}"


def create_staff(
    by: User | None,
    username: str,
    full_name: str,
    grants: Sequence[GrantWish],
    language: str = "zh-hans",
    password: str | None = None,
    *,
    by_link: bool = False,
) -> tuple[User, str]:
    """The account and its password: the one given, or a new one-time password.

    `by_link`: no password at all, and nobody comes in before a link has been used (`invitations.invite`).
    """
    first = "" if by_link else password or one_time_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, full_name, first or None, language=language, must_change_password=not (password or by_link)
            )
            _grant(by, user, grants)
            record(by, "staff:create", user, username=username, grants=[str(wish) for wish in grants])
    except IntegrityError:
        raise RefusedError("name_taken") from None
    return user, first


def change_staff(by: User | None, user: User, *, full_name: str, language: str, grants: Sequence[GrantWish]) -> None:
    with transaction.atomic():
        user.full_name, user.language = full_name, language
        user.save(update_fields=["full_name", "language"])
        changed = _as_text(user.grants.all()) != _as_text(_rows(user, grants))
        _grant(by, user, grants)
        _somebody_administers()
        record(by, "staff:change", user, grants=[str(wish) for wish in grants], roles_changed=changed)


def set_active(by: User | None, user: User, active: bool) -> None:
    """A deactivated account is refused at its next click."""
    with transaction.atomic():
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            close_sessions(user)
            void_invitations(user)
        _somebody_administers()
        record(by, "staff:activate" if active else "staff:deactivate", user)


def reset_password(by: User | None, user: User) -> str:
    """A new one-time password; sessions of the account end."""
    first = one_time_password()
    with transaction.atomic():
        user.set_password(first)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        close_sessions(user)
        void_invitations(user)
        record(by, "staff:reset_password", user)
    return first


def renew(user: User) -> str:
    """At the machine itself: the account is its owner's again, whoever opened it before (`two_people`). A password."""
    with transaction.atomic():
        set_active(None, user, active=True)
        record(None, "staff:renew", user)
        return reset_password(None, user)


def set_own_password(user: User, password: str) -> None:
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record(user, "staff:set_own_password", user)


def set_own_language(user: User, language: str) -> None:
    """A preference, not a right: no audit entry."""
    user.language = language
    user.save(update_fields=["language"])


def void_invitations(user: User) -> None:
    """Links that nobody has used yet open nothing any more. Inside a transaction of the caller."""
    StaffInvitation.objects.filter(user=user).delete()


def one_time_password() -> str:
    """12 letters, 59 bits, in groups of four."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in range(0, 12, 4))


def _grant(by: User | None, user: User, grants: Sequence[GrantWish]) -> None:
    """These and no others. Whoever administers or audits hears of a role by which somebody can be a second person."""
    before = set(user.grants.values_list("role", flat=True))
    user.grants.all().delete()
    Grant.objects.bulk_create(_rows(user, grants))
    user.__dict__.pop("granted", None)
    for role in sorted({wish.role for wish in grants} & POWERFUL - before) if by else ():
        raise_now("powerful_account", f"user:{user.pk} {role}", facts={"role": role})


def _rows(user: User, grants: Sequence[GrantWish]) -> list[Grant]:
    wishes = {(wish.role, wish.community, wish.site): list(wish.languages) for wish in grants}
    return [
        Grant(user=user, role=r, community=c, site=s, languages=spoken if r is Role.INTERPRETER else [])
        for (r, c, s), spoken in wishes.items()
    ]


def _as_text(grants: Iterable[Grant]) -> set[str]:
    return {f"{one.role} {one.community_id} {one.site_id} {sorted(one.languages)}" for one in grants}


def _somebody_administers() -> None:
    if not Grant.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
        raise RefusedError("last_administrator")
