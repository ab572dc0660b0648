"""Pages of a list that may have millions of rows: counted as far as somebody leafs through them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet

MOST_COUNTED: Final = 1_000
"""Rows. Counting a million of them takes longer than reading a page; nobody leafs through twenty pages of fifty."""


class Pages(Paginator):
    """Of a queryset. Beyond `MOST_COUNTED` rows it stops counting, and `goes_on`; a filter leads further."""

    object_list: QuerySet[Any]

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: MOST_COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def goes_on(self) -> bool:
        return self._counted > MOST_COUNTED


def read_rows(page: Page, rows: QuerySet[Any]) -> Page:
    """Of a page of primary keys the rows, in its order.

    A long list is sorted by its numbers alone, then read: joined with all that a line shows, the whole of it would be
    carried through the sorting. Who was erased between the two questions is missing.
    """
    found = rows.in_bulk(list(page.object_list))
    page.object_list = [found[pk] for pk in page.object_list if pk in found]
    return page


MOST_SHOWN: Final = 99
"""Beside a word of the menu, on every page: whoever has more waiting needs no exact figure."""


_asked: dict[Hashable, tuple[str, tuple[Any, ...]] | None] = {}
_MOST_ASKED: Final = 5_000


def few(found: Callable[[], QuerySet[Any]], *about: Hashable) -> int:
    """How many, one more than `MOST_SHOWN` standing for all further ones.

    Every page of the site asks its menu's questions: the ORM takes some milliseconds to write each of them in SQL, the
    database a tenth of that to answer. So the SQL is kept, under the function's name and whatever it is `about`: all
    that the queryset depends on.
    """
    key = (found.__module__, found.__qualname__, *about)
    if key not in _asked:
        if len(_asked) >= _MOST_ASKED:
            _asked.clear()
        try:
            _asked[key] = found().order_by().values("pk")[: MOST_SHOWN + 1].query.sql_with_params()
        except EmptyResultSet:
            _asked[key] = None
    asked = _asked[key]
    if asked is None:
        return 0
    sql, values = asked
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS few", values)  # noqa: S608 - the ORM's own words
        (count,) = cursor.fetchone()
    return count
