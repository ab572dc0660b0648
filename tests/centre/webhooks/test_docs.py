"""docs/webhooks.md against the code; its examples run."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from tests.centre.api.conftest import InProcess, token_for
from tests.centre.webhooks.test_deliveries import go, silence

from gatepass.centre.api.models import Scope
from gatepass.centre.webhooks.deliveries import GIVE_UP, pause_s
from gatepass.centre.webhooks.events import EVENTS, TEST
from gatepass.centre.webhooks.reaching import DEADLINE_S
from gatepass.client import Client
from gatepass.wire.webhooks import TOLERANCE_S, headers_for, new_secret

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_event_is_documented_with_its_scope() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| .+? \| `?(\w+)`? \|", PAGE, re.MULTILINE)
    assert dict(rows[1:]) == {**{kind: event.scope.value for kind, event in EVENTS.items()}, TEST: "any"}


@pytest.mark.django_db
def test_a_program_enters_its_own_address(town, there, monkeypatch) -> None:
    inside, kept = Client("http://localhost", token_for(), transport=InProcess()), []
    monkeypatch.setattr("gatepass.client.Client", lambda _address, _token: inside)
    # The page's host is nobody's; this one takes.
    monkeypatch.setattr("gatepass.centre.webhooks.actions.check_address", lambda _url, _asker=None: None)
    exec(compile(EXAMPLES[0], "docs/webhooks.md", "exec"), {"token": "gpt_…", "keep": kept.append})
    assert kept[0].startswith("whsec_")


def test_times_are_those_of_the_code() -> None:
    assert (DEADLINE_S, TOLERANCE_S, GIVE_UP.days) == (10, 300, 2)
    assert [round(sum(pause_s(tried) for _ in range(300)) / 300 / 60) for tried in (4, 5, 6, 7)] == pytest.approx(
        [5, 21, 85, 240], rel=0.1
    )


def test_the_two_ways_to_verify_agree(capsys) -> None:
    secret, body = (
        new_secret(),
        b'{"id":"evt_1","sequence":4,"type":"alarm.raised","timestamp":"2026-11-24T01:00:00Z","data":{}}',
    )
    given: dict = {"secret": secret, "seen": set()}
    exec(compile(EXAMPLES[1], "docs/webhooks.md", "exec"), given)
    by_hand: dict = {}
    exec(compile(EXAMPLES[2], "docs/webhooks.md", "exec"), by_hand)
    good = headers_for([new_secret(), secret], "evt_1", int(time.time()), body)
    old = headers_for([secret], "evt_1", int(time.time()) - TOLERANCE_S - 5, body)
    for headers, sent, right in ((good, body, True), (old, body, False), (good, body + b" ", False)):
        assert by_hand["is_ours"](secret, headers, sent) == right
        assert (given["receive"](headers, sent)[0] == 204) == right
    given["receive"](good, body)
    assert capsys.readouterr().out == "4 alarm.raised {}\n", "twice the same is done once"


@pytest.mark.django_db
def test_a_program_that_nobody_can_call_reads_the_same_events(town, there, subscribe, monkeypatch, capsys) -> None:
    subscribe(there.url, "alarm.raised")
    inside = Client("http://localhost", token_for(Scope.EVENTS, Scope.ALARMS), transport=InProcess())
    silence(town.east)
    silence(town.far_gate)
    go()
    monkeypatch.setattr("gatepass.client.Client", lambda _address, _token: inside)
    exec(compile(EXAMPLES[3], "docs/webhooks.md", "exec"), {"token": "gpt_…", "last": 0})
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in said] == ["alarm.raised"] * 2
    assert len(there.got) == 2
    again = Client("http://localhost", token_for(Scope.EVENTS, Scope.ALARMS), transport=InProcess())
    last = next(iter(again.events())).sequence
    assert len(list(again.events(after=last))) == 1
    assert list(again.events(type="code.changed")) == []
