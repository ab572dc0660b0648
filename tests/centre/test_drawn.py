"""Rows drawn in Python carry escaped heads and the addresses that a template would have written."""

from __future__ import annotations

from django.template import Context, Template
from django.urls import reverse

from gatepass.centre.drawn import drawn, heads, links_to


def test_a_head_is_an_attribute_whatever_word_it_is() -> None:
    assert heads("Site", 'a "<b>') == ['data-head="Site"', 'data-head="a &quot;&lt;b&gt;"']


def test_each_row_leads_to_its_own_page() -> None:
    page_of, contact_of = links_to("resident"), links_to("contact", 10)
    assert [page_of(pk) for pk in (1, 20, 300)] == [reverse("resident", args=[pk]) for pk in (1, 20, 300)]
    assert contact_of(7) == reverse("contact", args=[10, 7])


def test_what_is_drawn_is_taken_as_it_is() -> None:
    rows = drawn(("<p>1</p>", "<p>2</p>"), "\n")
    assert Template("{{ rows }}").render(Context({"rows": rows})) == "<p>1</p>\n<p>2</p>"
