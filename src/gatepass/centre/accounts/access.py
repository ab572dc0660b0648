"""What a user may reach: roles, and the scope in which a page's right was granted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import HttpRequest

from gatepass.centre.accounts.models import Grant, User
from gatepass.centre.accounts.roles import ALLOWED, OWN, PUBLIC, TOWN_ONLY, Role
from gatepass.centre.sites.models import Site


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a right holds: everywhere, or in these communities and sites."""

    everywhere: bool = False
    communities: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    languages: frozenset[str] | None = None
    """None: in every language. Else only for people who speak one of these; interpreters are granted so."""

    @property
    def nowhere(self) -> bool:
        return not (self.everywhere or self.communities or self.sites)

    def q(self, site: str) -> Q:
        """The filter for a queryset whose site is reached by the path `site`, for example `gate__site`."""
        if self.everywhere:
            return Q()
        return Q(**{f"{site}__in": self.sites}) | Q(**{f"{site}__community__in": self.communities})

    def q_site(self) -> Q:
        """The same for a queryset of sites themselves."""
        return Q() if self.everywhere else Q(pk__in=self.sites) | Q(community__in=self.communities)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that calls with a token, as the `access_…` functions see it: pages by name, and one place for them all.

    Beside a user it has no role, and nobody who is protected is entrusted to it (`people.protection`).
    """

    token: Model
    """The row of its token: what the audit says of who asked."""
    pages: frozenset[str]
    """Names of operations (`api.scopes`), as a user's roles have names of pages."""
    where: Scope
    company: int | None = None
    """It belongs to this company, and reaches nothing else."""


Asker = User | Program
"""Who may ask the `access_…` functions."""


def actor_of(asker: Asker | None) -> User | Model | None:
    """Whom the audit names; None is the system itself."""
    return asker.token if isinstance(asker, Program) else asker


def roles_of(user: AbstractBaseUser | AnonymousUser) -> frozenset[Role]:
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset(Role(grant.role) for grant in user.granted)


def may_open(user: AbstractBaseUser | AnonymousUser | Program, page: str) -> bool:
    """May this user open the page of this url name at all? Unknown names are refused to everybody.

    Which rows the page then shows is up to `scope_of`, through the `access_…` functions of each noun.
    """
    if isinstance(user, Program):
        return page in user.pages
    if page in PUBLIC:
        return True
    if not isinstance(user, User) or not user.is_active:
        return False
    if page in OWN:
        return True
    scope = scope_of(user, page)
    return scope.everywhere if page in TOWN_ONLY else not scope.nowhere


def scope_of(user: AbstractBaseUser | AnonymousUser | Program, page: str) -> Scope:
    """Where the user may use the page of this url name: the union of the grants whose role allows it."""
    if isinstance(user, Program):
        return user.where if page in user.pages else Scope()
    if not isinstance(user, User) or not user.is_active:
        return Scope()
    grants = [grant for grant in user.granted if page in ALLOWED[Role(grant.role)]]
    return Scope(
        everywhere=any(grant.community_id is None and grant.site_id is None for grant in grants),
        communities=frozenset(grant.community_id for grant in grants if grant.community_id is not None),
        sites=frozenset(grant.site_id for grant in grants if grant.site_id is not None),
        languages=_languages_of(grants),
    )


def _languages_of(grants: Sequence[Grant]) -> frozenset[str] | None:
    """One grant without languages is for all of them."""
    if all(grant.languages for grant in grants):
        return frozenset(code for grant in grants for code in grant.languages) if grants else None
    return None


def interpreters_for(language: str, site: Site) -> list[User]:
    """Who may be called to interpret this language at this site, by name."""
    here = Q(community__isnull=True, site__isnull=True) | Q(community=site.community_id) | Q(site=site)
    grants = Grant.objects.filter(here, role=Role.INTERPRETER, user__is_active=True).select_related("user")
    able = {grant.user for grant in grants if not grant.languages or language in grant.languages}
    return sorted(able, key=lambda user: (user.full_name, user.pk))


def asking(request: HttpRequest) -> User:
    """The logged-in user behind a request; behind `RefuseByDefaultMiddleware` there always is one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
