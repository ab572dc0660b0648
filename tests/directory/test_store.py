"""The gate's directory: answers, survives restarts, keeps what it has."""

from __future__ import annotations

from datetime import UTC, datetime

from gatepass.directory import STATES
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.publishing import Publisher
from gatepass.directory.store import DirectoryStore
from gatepass.policy import Advice, Colour, Knowledge

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def test_what_the_centre_publishes_the_gate_answers_and_still_answers_after_a_restart(tmp_path):
    publisher = Publisher(tmp_path / "centre", clock=lambda: NOW)
    people = {bytes([number]) * 16: STATES[number] for number in range(32)}
    publisher.publish_base(people, NOW)
    store = DirectoryStore(tmp_path / "gate")
    assert store.status(bytes(16)).knowledge is Knowledge.UNAVAILABLE
    subscriber = Subscriber(store, FolderFetcher(publisher.repository), publisher.trust_root, clock=lambda: NOW)
    assert subscriber.refresh()
    publisher.publish_changes({bytes(16): (Colour.RED, Advice.APPEAL), b"x" * 16: STATES[9], bytes([1]) * 16: None}, NOW)
    assert subscriber.refresh()
    for answering in (store, DirectoryStore(tmp_path / "gate")):
        assert answering.version == 2
        assert answering.as_of == NOW
        assert answering.look_up(bytes(16)) == (Colour.RED, Advice.APPEAL)
        assert answering.look_up(b"x" * 16) == STATES[9]
        assert answering.status(bytes([1]) * 16).knowledge is Knowledge.UNKNOWN
        assert answering.look_up(bytes([31]) * 16) == STATES[31]
        assert len(answering) == 32
