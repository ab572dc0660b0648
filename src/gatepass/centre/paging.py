"""Pages of a list that may have millions of rows: counted as far as somebody leafs through them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
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


MOST_SHOWN: Final = 99
"""Beside a word of the menu, on every page: whoever has more waiting needs no exact figure."""


def few(found: QuerySet[Any]) -> int:
    """How many, one more than `MOST_SHOWN` standing for all further ones."""
    return found.order_by()[: MOST_SHOWN + 1].count()
