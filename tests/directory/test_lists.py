"""Revoked codes and the trust list: exact, small to fetch, and as hard to roll back as a colour."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credentials.town import NOON, SERIAL, TRUST, paper
from tests.directory.crowd import crowd
from tests.directory.test_fetching import Meddling, Town

from gatepass.credentials import judge
from gatepass.directory import DirectoryError, revocations
from gatepass.directory.lists import TRUST_FILE, CodeLists
from gatepass.directory.publishing import Publisher
from gatepass.directory.revocations import Revocations, as_serials, capacity, in_one, with_revoked
from gatepass.policy import Outcome

serials = st.binary(min_size=8, max_size=8)


def many(number: int, seed: int = 1) -> list[bytes]:
    chance = random.Random(seed)
    return [chance.randbytes(8) for _ in range(number)]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.publisher.publish_file(TRUST_FILE, TRUST.encode())
    town.subscriber.refresh()
    town.fetched.clear()
    return town


def lists(town: Town) -> CodeLists:
    return CodeLists(town.store.folder / "files")


# The lists themselves


@given(st.sets(serials, max_size=40), st.sets(serials, max_size=40))
def test_a_serial_is_revoked_or_not_and_nothing_between(void: set[bytes], others: set[bytes]) -> None:
    known = Revocations([revocations.decode(revocations.encode(as_serials(void)))])
    assert all(map(known.is_revoked, void))
    assert not any(map(known.is_revoked, others - void))
    assert len(known) == len(void)


@pytest.mark.parametrize("serial", [b"", b"7", bytes(7), bytes(9), bytes(16)])
def test_a_serial_of_another_length_is_none_of_ours(serial: bytes) -> None:
    assert not Revocations([as_serials([bytes(8)])]).is_revoked(serial)
    with pytest.raises(DirectoryError, match="serial_length"):
        as_serials([serial])


@given(st.lists(st.lists(st.integers(0, 3000), max_size=900), max_size=6))
def test_whatever_order_codes_are_revoked_in_the_lists_say_the_same(batches: list[list[int]]) -> None:
    held: dict[int, revocations.Serials] = {}
    for batch in batches:
        held = with_revoked(held, as_serials(number.to_bytes(8, "big") for number in batch))
        assert all(0 < len(serials) <= capacity(level) for level, serials in held.items())
    void = {number for batch in batches for number in batch}
    assert in_one(held.values()).tolist() == sorted(void)
    assert sum(map(len, held.values())) == len(void), "each in one list only"


def test_a_revocation_changes_the_smallest_list_alone() -> None:
    held = with_revoked({}, as_serials(many(5000)))
    assert list(held) == [1]
    after = with_revoked(held, as_serials([SERIAL]))
    assert after[1] is held[1]
    assert after[0].tolist() == [int.from_bytes(SERIAL, "big")]


def test_thirty_thousand_serials_are_a_quarter_of_a_megabyte() -> None:
    void = as_serials(many(30_000))
    held = with_revoked({}, void)
    assert sum(len(revocations.encode(each)) for each in held.values()) < 250_000
    assert np.array_equal(in_one(held.values()), void)


GOOD = revocations.encode(as_serials(many(20)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_revocations"),
        (b"GPDIR\r\n\x1a" + GOOD[8:], "not_revocations"),
        (GOOD[:-1], "torn"),
        (GOOD + b"\x00" * 8, "torn"),
        (GOOD[:60] + bytes([GOOD[60] ^ 1]) + GOOD[61:], "torn"),
        (GOOD[:12] + b"\x13" + GOOD[13:], "torn"),
        (GOOD[:8] + b"\x02" + GOOD[9:], "unsupported_format"),
        (GOOD[:10] + b"\x10" + GOOD[11:], "unsupported_format"),
        (revocations.encode(np.array([2, 1], np.uint64)), "malformed"),
        (revocations.encode(np.array([1, 1], np.uint64)), "malformed"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(DirectoryError, match=code):
        revocations.decode(content)


@given(st.binary(max_size=100) | st.binary(max_size=60).map(lambda tail: GOOD[:48] + tail))
def test_other_bytes_are_no_list(content: bytes) -> None:
    with pytest.raises(DirectoryError):
        revocations.decode(content)


# On the way to a gate


def test_a_lost_paper_is_refused_at_the_gate_after_its_next_refresh(town: Town) -> None:
    at_the_gate = lists(town)
    assert judge(paper(), trust=at_the_gate.trust, at=NOON, revocations=at_the_gate.revocations).outcome == "pass"
    town.publisher.revoke([SERIAL])
    assert town.subscriber.refresh()
    at_the_gate.reread()
    verdict = judge(paper(), trust=at_the_gate.trust, at=NOON, revocations=at_the_gate.revocations)
    assert (verdict.outcome, verdict.reasons) == (Outcome.REFUSE, ("code_revoked",))
    assert len(town.publisher.revocations) == 1


def test_one_more_revocation_is_one_more_small_file_and_the_same_one_again_is_none(town: Town) -> None:
    town.publisher.revoke(many(3000))
    town.subscriber.refresh()
    town.fetched.clear()
    town.publisher.revoke([SERIAL])
    assert town.subscriber.refresh()
    assert [url.partition(".")[2] for url in town.fetched if "targets/" in url] == ["revocations-0.list"]
    revision = town.publisher.revision
    town.publisher.revoke([SERIAL, *many(3000)[:5]])
    assert town.publisher.revision == revision
    assert not town.subscriber.refresh()


def test_lists_that_overflow_reach_the_gate_as_one_and_forgotten_codes_go(town: Town) -> None:
    void = many(2500)
    for start in range(0, len(void), 100):
        town.publisher.revoke(void[start : start + 100])
        town.subscriber.refresh()
    at_the_gate = lists(town)
    assert all(map(at_the_gate.revocations.is_revoked, void))
    assert len(at_the_gate.revocations) == len(void)
    town.publisher.publish_revocations(void[:10])
    town.subscriber.refresh()
    at_the_gate.reread()
    assert len(at_the_gate.revocations) == 10
    assert {path.name for path in at_the_gate.folder.iterdir()} == {TRUST_FILE, "revocations-0.list"}


def test_a_gate_that_wants_no_other_files_gets_these(town: Town) -> None:
    town.subscriber._wants = lambda _: False
    town.publisher.publish_file("prompt.opus", b"OggS")
    town.publisher.revoke([SERIAL])
    town.subscriber.refresh()
    assert lists(town).revocations.is_revoked(SERIAL)
    assert {path.name for path in (town.store.folder / "files").iterdir()} == {TRUST_FILE, "revocations-0.list"}


def test_before_the_first_publication_nobody_is_believed_and_nothing_is_revoked(tmp_path: Path) -> None:
    empty = CodeLists(tmp_path)
    assert (len(empty.trust), len(empty.revocations), empty.problems) == (0, 0, ())
    assert CodeLists.of_gate(tmp_path / "nowhere").problems == ()


def test_older_lists_cannot_be_brought_back(town: Town) -> None:
    """Neither the whole repository of yesterday, nor yesterday's list under today's metadata."""
    yesterday = town.copy("yesterday")
    town.publisher.revoke([SERIAL])
    town.subscriber.refresh()
    town.refuses("rolled_back", town.subscribe(yesterday))
    assert lists(town).revocations.is_revoked(SERIAL)

    before = town.publisher.file("revocations-0.list")
    assert before is not None
    town.publisher.revoke(many(1))
    meddling = Meddling(
        town.publisher.repository, lambda url, content: before if url.endswith("revocations-0.list") else content
    )
    town.refuses("forged", town.subscribe(meddling))
    assert len(lists(town).revocations) == 1, "what was there is still there"


def test_a_list_that_cannot_be_fetched_keeps_the_date_from_advancing(town: Town) -> None:
    """Otherwise a mirror could serve colours for ever and hold back what is revoked."""
    town.publisher.revoke([SERIAL])
    town.later(minutes=5)
    town.change(3)
    for path in town.publisher.repository.glob("targets/*.revocations-0.list"):
        path.unlink()
    town.refuses("unreachable")


def test_a_power_cut_between_two_lists_lets_no_void_code_pass(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """List 0 overflows into list 1. However far the gate came in putting the new files in place, all are revoked."""
    void = many(1500)
    town.publisher.revoke(void[:1000])
    town.subscriber.refresh()
    before = shutil.copytree(town.store.folder, town.folder / "before")
    town.publisher.revoke(void[1000:])
    town.publisher.revoke([SERIAL])
    for steps in range(6):
        shutil.rmtree(town.store.folder)
        shutil.copytree(before, town.store.folder)
        with monkeypatch.context() as patched:
            cut_after(steps, patched)
            try:
                town.subscribe(town.publisher.repository).refresh()
            except PowerCut:
                pass
            else:
                assert steps > 1
        assert all(map(lists(town).revocations.is_revoked, void[:1000])), steps
        town.subscribe(town.publisher.repository).refresh()
        after = lists(town)
        assert all(map(after.revocations.is_revoked, [*void, SERIAL]))
        assert after.problems == ()


class PowerCut(BaseException):
    pass


def cut_after(steps: int, patched: pytest.MonkeyPatch) -> None:
    left = [steps]
    for verb in ("replace", "unlink"):
        original = getattr(Path, verb)

        def step(path: Path, *words: object, original: object = original, **named: object) -> object:
            if path.name.startswith("revocations-"):
                if not left[0]:
                    raise PowerCut
                left[0] -= 1
            return original(path, *words, **named)

        patched.setattr(Path, verb, step)


@pytest.mark.parametrize(("name", "code"), [("revocations-0.list", "torn"), (TRUST_FILE, "trust_list")])
def test_a_damaged_list_is_said_leaves_the_old_in_use_and_is_fetched_again(town: Town, name: str, code: str) -> None:
    town.publisher.revoke([SERIAL])
    town.subscriber.refresh()
    at_the_gate = lists(town)
    path = at_the_gate.folder / name
    path.write_bytes(path.read_bytes()[:-1])
    at_the_gate.reread()
    assert at_the_gate.problems == (code,)
    assert at_the_gate.revocations.is_revoked(SERIAL)
    assert len(at_the_gate.trust) == 1
    assert CodeLists(at_the_gate.folder).problems == (code,)
    assert town.subscriber.refresh()
    at_the_gate.reread()
    assert at_the_gate.problems == ()


def test_a_centre_whose_lists_are_broken_says_so_and_publishes_them_anew(town: Town) -> None:
    town.publisher.revoke([SERIAL])
    (broken,) = town.publisher.repository.glob("targets/*.revocations-0.list")
    broken.write_bytes(b"rubbish")
    with pytest.raises(DirectoryError, match="not_revocations"):
        town.publisher.revoke(many(1))
    town.publisher.publish_revocations([SERIAL, *many(1)])
    assert len(town.publisher.revocations) == 2
    broken.unlink(missing_ok=True)
    for path in town.publisher.repository.glob("targets/*.revocations-0.list"):
        path.unlink()
    with pytest.raises(DirectoryError, match="storage"):
        town.publisher.revoke([bytes(8)])


def test_the_lists_names_are_nobody_elses_and_a_restart_knows_them(town: Town) -> None:
    for name in ("revocations-0.list", "revocations-9.list", "revocations-x"):
        with pytest.raises(DirectoryError, match="bad_name"):
            town.publisher.publish_file(name, b"")
    town.publisher.revoke([SERIAL])
    assert town.publisher.file_names == (TRUST_FILE,)
    again = Publisher(town.publisher.folder, clock=lambda: town.now)
    assert again.revocations.is_revoked(SERIAL)
    again.publish_base(crowd(3), town.now)
    assert again.revocations.is_revoked(SERIAL), "a new base leaves them alone"
    assert again.file(TRUST_FILE) == TRUST.encode()
    assert again.file("nothing") is None


def test_a_stick_carries_them_too(town: Town, tmp_path: Path) -> None:
    town.publisher.revoke([SERIAL])
    town.publisher.export(tmp_path / "stick")
    town.subscribe(tmp_path / "stick").refresh()
    assert lists(town).revocations.is_revoked(SERIAL)
