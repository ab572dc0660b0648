"""Which deltas are kept, and which way through them costs a gate least."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass.directory import DirectoryError
from gatepass.directory.plan import Facts, Listing, cheapest, is_file, merges_due, worth_keeping


def spans_after(versions: int, base: int = 0) -> set[tuple[int, int]]:
    spans: set[tuple[int, int]] = set()
    for version in range(base + 1, base + versions + 1):
        spans = worth_keeping({*spans, (version - 1, version), *merges_due(base, version)})
    return spans


@pytest.mark.slow
@given(st.integers(1, 5000), st.integers(0, 100))
@settings(max_examples=40)
def test_from_every_version_a_way_leads_to_the_newest(count, base):
    deltas = dict.fromkeys(spans_after(count, base), 100)
    for start in range(base, base + count):
        assert cheapest(deltas, start, base + count)


@pytest.mark.slow
def test_a_week_of_versions_every_ten_seconds_is_few_files_to_list_and_fewer_to_fetch():
    versions = 7 * 24 * 360
    spans = spans_after(versions)
    assert len(spans) <= 36
    # A delta's size grows with what it covers.
    deltas = {span: 200 * (span[1] - span[0]) for span in spans}
    assert max(len(cheapest(deltas, start, versions)) for start in range(0, versions, 997)) <= 20


def test_a_gate_that_missed_one_version_fetches_that_one():
    for count in range(2, 300):
        deltas = {span: 3000 * (span[1] - span[0]) for span in spans_after(count)}
        assert cheapest(deltas, count - 1, count) == [(count - 1, count)]


def test_no_way_is_none_and_no_distance_is_no_file():
    assert cheapest({(3, 5): 10}, 2, 5) is None
    assert cheapest({(3, 5): 10}, 5, 5) == []
    assert cheapest({(3, 5): 10}, 4, 5) == [(3, 5)]


def test_a_listing_reads_its_own_names_and_passes_over_others():
    names = ["directory-7.base", "directory-7-9.delta", "rules.json", "directory-x.base", "directory-7-9.delta.x"]
    listing = Listing.of(dict.fromkeys(names, 40))
    assert listing == Listing(7, {(7, 9): 40})
    assert Listing.of({}) == Listing(None, {})


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "directory-7.base", "a" * 101, "a b", "目录", "a\n"])
def test_names_that_lead_elsewhere_are_no_file_names(name):
    assert not is_file(name)


@pytest.mark.parametrize(
    "fields", [{}, {"gatepass": 1}, {"gatepass": {"as_of": -1, "directory": 1}}, {"gatepass": {"as_of": "1"}}]
)
def test_facts_of_another_shape_are_refused(fields):
    with pytest.raises(DirectoryError, match="refused"):
        Facts.of(fields)
