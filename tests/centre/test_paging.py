from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gatepass.centre import paging
from gatepass.centre.sites.models import Community

pytestmark = pytest.mark.django_db


def pages(per_page: int = 2) -> paging.Pages:
    return paging.Pages(Community.objects.order_by("name"), per_page)


def test_rows_are_counted_as_far_as_somebody_leafs(monkeypatch):
    Community.objects.bulk_create(Community(name=f"c{n}") for n in range(7))
    whole = pages()
    assert (whole.count, whole.num_pages, whole.goes_on) == (7, 4, False)
    monkeypatch.setattr(paging, "MOST_COUNTED", 6)
    cut = pages()
    assert (cut.count, cut.num_pages, cut.goes_on) == (6, 3, True)
    assert [one.name for one in cut.get_page(3)] == ["c4", "c5"]
    assert cut.get_page(99).number == 3
    with CaptureQueriesContext(connection) as asked:
        assert pages().goes_on
    assert "LIMIT 7" in asked[0]["sql"]


def test_a_menu_counts_anew_each_time_and_no_further_than_it_shows():
    def many(beginning: str = "c") -> int:
        return paging.few(lambda: Community.objects.filter(name__startswith=beginning), beginning)

    assert many() == 0
    Community.objects.bulk_create(Community(name=f"c{n}") for n in range(3))
    assert (many(), many("c1"), many("d")) == (3, 1, 0)
    Community.objects.bulk_create(Community(name=f"c{n}") for n in range(3, 200))
    assert many() == paging.MOST_SHOWN + 1
    assert paging.few(Community.objects.none, "nobody") == 0


def test_rows_are_read_in_the_order_of_their_numbers_and_whoever_was_erased_meanwhile_is_missing():
    Community.objects.bulk_create(Community(name=name) for name in "acbd")
    numbers = Community.objects.order_by("-name").values_list("pk", flat=True)
    page = paging.Pages(numbers, 3).get_page(1)
    page.object_list = list(page.object_list)
    Community.objects.get(name="c").delete()
    with CaptureQueriesContext(connection) as asked:
        assert [one.name for one in paging.read_rows(page, Community.objects.all())] == ["d", "b"]
    assert len(asked) == 1
