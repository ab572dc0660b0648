"""The only ways to imported lists: one's own, and every list for staff whose right holds in the whole town."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.people.protection.access import hidden_from


def access_imports(user: User, page: str = "imports") -> QuerySet[Import]:
    scope = scope_of(user, page)
    if scope.nowhere:
        return Import.objects.none()
    lists = Import.objects.select_related("by", "site")
    return lists if scope.everywhere else lists.filter(by=user)


def access_import(user: User, batch: int, page: str = "import") -> Import:
    found = access_imports(user, page).filter(pk=batch).first()
    if found is None:
        raise Http404
    return found


def access_rows(user: User, batch: Import) -> QuerySet[Row]:
    """Without those that became, or were added to, somebody whom the user must not meet."""
    hidden = hidden_from(user)
    return batch.rows.exclude(resident__in=hidden).exclude(target__in=hidden)


def access_row(user: User, batch: Import, number: int) -> Row:
    found = access_rows(user, batch).filter(number=number).first()
    if found is None:
        raise Http404
    return found
