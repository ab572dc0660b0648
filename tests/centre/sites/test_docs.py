"""docs/sites.md against the code: times of grace and kinds of sites."""

from __future__ import annotations

from pathlib import Path

from django.utils import translation

from gatepass.centre.sites.actions import FIND_S
from gatepass.centre.sites.ailments import KNOWLEDGE_TOLERANCE
from gatepass.centre.sites.models import Site
from gatepass.centre.sites.watch import AFTER_A_STOP, GRACE, SILENT_AFTER

PAGE = (Path(__file__).parents[3] / "docs" / "sites.md").read_text(encoding="utf-8")


def minutes(kind: str) -> int:
    return int(GRACE[kind].total_seconds() // 60)


def test_the_times_of_grace_are_those_of_the_code() -> None:
    assert f"{int(SILENT_AFTER.total_seconds() // 60)} minutes since the last heartbeat" in PAGE
    assert f"{int(AFTER_A_STOP.total_seconds())} s after the centre" in PAGE
    assert f"reader unplugged | {int(GRACE['reader_unplugged'].total_seconds())} s" in PAGE
    assert GRACE["reader_ill"] == GRACE["clock_wrong"]
    assert f"reader ill, clock wrong | {minutes('reader_ill')} minute" in PAGE
    old = int(KNOWLEDGE_TOLERANCE.total_seconds() // 60)
    assert f"knowledge out of date | {old} minutes old, and {minutes('knowledge_stale')} more" in PAGE
    assert f"no directory | {minutes('no_directory')} minutes" in PAGE
    assert f"records missing | {minutes('sequence_gap')} minutes" in PAGE
    assert FIND_S == 120
    assert "for two minutes" in PAGE


def test_every_kind_of_site_is_named() -> None:
    with translation.override("en"):
        for kind, word in Site.Kind.choices:
            assert kind == "other" or str(word).lower() in PAGE
