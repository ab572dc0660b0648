"""The centre's publisher: exact, bounded, atomic, and careful with its keys."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.directory.crowd import NOW, crowd, key
from tests.directory.test_store import PowerCutError, cut_power_at

from gatepass.directory import STATES, DirectoryError
from gatepass.directory import build as builder
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.publishing import Publisher, overlay_limit_for
from gatepass.directory.store import DirectoryStore
from gatepass.policy import Advice, Colour


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def publisher(tmp_path, clock):
    return Publisher(tmp_path / "centre", clock=clock)


def says(publisher: Publisher, people: dict) -> None:
    """Exactly these people, each with their own state."""
    directory = publisher.directory
    assert directory is not None
    assert {person: directory.look_up(person) for person in people} == people
    assert len(directory) == len(people)


def files(publisher: Publisher) -> list[Path]:
    return [*(publisher.repository / "targets").iterdir()]


def test_an_empty_publisher_has_a_root_and_no_version(publisher):
    assert (publisher.version, publisher.directory, publisher.needs_base) == (0, None, True)
    assert b'"_type":"root"' in publisher.trust_root


def test_keys_and_register_are_for_the_owner_alone(publisher):
    publisher.publish_base(crowd(5), NOW)
    keys = publisher.folder / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {path.name for path in keys.iterdir()} == {"root.pem", "targets.pem", "snapshot.pem", "timestamp.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}
    register = publisher.folder / "register"
    assert stat.S_IMODE(register.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in register.iterdir()} == {0o600}


def test_changes_enrolments_and_removals_are_published_and_survive_a_restart(publisher, tmp_path, clock):
    people = crowd(300)
    assert publisher.publish_base(people, NOW) == 1
    first, second = [*people][:2]
    changes = {first: (Colour.RED, Advice.STAY_HOME), second: None, b"n" * 16: (Colour.GREEN, Advice.NONE)}
    assert publisher.publish_changes(changes, NOW + timedelta(minutes=1)) == 2
    del people[second]
    people |= {person: state for person, state in changes.items() if state}
    says(publisher, people)
    assert publisher.directory.look_up(second) is None
    again = Publisher(tmp_path / "centre", clock=clock)
    assert (again.version, again.as_of) == (2, NOW + timedelta(minutes=1))
    says(again, people)
    # Back from the overlay: removed and enrolled again.
    again.publish_changes({second: STATES[3], b"n" * 16: None}, NOW)
    people[second] = STATES[3]
    del people[b"n" * 16]
    says(again, people)


def test_what_changes_nothing_is_no_version_and_still_a_newer_date(publisher):
    people = crowd(10)
    publisher.publish_base(people, NOW)
    revision = publisher.revision
    assert publisher.publish_changes(dict(people) | {b"?" * 16: None}, NOW + timedelta(hours=1)) == 1
    assert publisher.as_of == NOW + timedelta(hours=1)
    assert publisher.revision == revision + 1
    assert publisher.publish_changes({}, NOW + timedelta(hours=2)) == 1
    assert publisher.as_of == NOW + timedelta(hours=2)


def test_the_first_changes_of_all_make_the_first_base(publisher):
    publisher.publish_changes({b"a" * 16: STATES[1], b"b" * 16: None}, NOW)
    says(publisher, {b"a" * 16: STATES[1]})


def test_somebody_new_who_looks_like_somebody_registered_gets_their_own_state(publisher):
    old, new, removed = key(99, 1), key(99, 2), key(99, 3)
    people = crowd(100) | {old: STATES[8]}
    publisher.publish_base(people, NOW)
    assert publisher.directory.look_up(new) == STATES[8]  # the one stranger in 65,536
    publisher.publish_changes({new: STATES[24], removed: None}, NOW)
    says(publisher, people | {new: STATES[24]})
    # And both are exact in the next base.
    publisher.publish_base(people | {new: STATES[24]}, NOW)
    says(publisher, people | {new: STATES[24]})


_person = st.builds(key, st.integers(0, 2), st.integers(0, 2)) | st.binary(min_size=16, max_size=16)
_state = st.none() | st.sampled_from(STATES)


@pytest.mark.slow
@given(
    st.dictionaries(_person, st.sampled_from(STATES), max_size=12),
    st.lists(st.dictionaries(_person, _state, max_size=6), max_size=6),
    st.integers(0, 5),
)
@settings(max_examples=25)
def test_any_sequence_of_changes_gives_what_a_dict_would_give(tmp_path_factory, people, steps, limit):
    folder = tmp_path_factory.mktemp("model")
    publisher = Publisher(folder / "centre", clock=lambda: NOW, overlay_limit=limit)
    store = DirectoryStore(folder / "gate")
    subscriber = Subscriber(store, FolderFetcher(publisher.repository), publisher.trust_root, clock=lambda: NOW)
    publisher.publish_base(people, NOW)
    people = dict(people)
    for number, changes in enumerate(steps):
        publisher.publish_changes(changes, NOW)
        for person, state in changes.items():
            if state is None:
                people.pop(person, None)
            else:
                people[person] = state
        says(publisher, people)
        if number % 2:
            subscriber.refresh()
    subscriber.refresh()
    assert {person: store.look_up(person) for person in people} == people
    assert (len(store), store.version) == (len(people), publisher.version)


def test_many_enrolments_become_a_new_base_by_themselves(tmp_path, clock):
    publisher = Publisher(tmp_path / "centre", clock=clock, overlay_limit=50)
    people = crowd(100)
    publisher.publish_base(people, NOW)
    for seed in range(2, 8):
        new = crowd(20, seed)
        leaving = random.Random(seed).sample([*people], 5)
        publisher.publish_changes(new | dict.fromkeys(leaving), NOW)
        people = {person: state for person, state in people.items() if person not in leaving} | new
        says(publisher, people)
    assert publisher.directory.base.version > 1
    assert len(publisher.directory.overlay) <= 50
    assert overlay_limit_for(10_000_000) == 5000


@pytest.mark.slow
def test_many_versions_are_few_files_and_little_metadata(publisher, clock):
    person = bytes(16)
    publisher.publish_base({person: STATES[0]}, NOW)
    for number in range(1, 260):
        clock.now += timedelta(minutes=1)
        publisher.publish_changes({person: STATES[number % 32]}, clock.now)
    assert len(publisher.file_names) == 0
    assert len(files(publisher)) < 120  # 17 listed, and those of the last hour for whoever is fetching
    metadata = (publisher.repository / "metadata").glob("*.targets.json")
    newest = max(metadata, key=lambda path: int(path.name.split(".")[0]))
    assert newest.stat().st_size < 5000
    assert (publisher.repository / "metadata" / "timestamp.json").stat().st_size < 700


def test_superseded_files_stay_for_an_hour_and_no_longer(publisher, clock):
    publisher.publish_base(crowd(5), NOW)
    publisher.publish_base(crowd(6), NOW)
    assert len([path for path in files(publisher) if path.name.endswith(".base")]) == 2
    clock.now += timedelta(minutes=61)
    publisher.publish_file("rules.json", b"{}")
    assert sorted(path.name.partition(".")[2] for path in files(publisher)) == ["directory-2.base", "rules.json"]
    assert len([*(publisher.repository / "metadata").glob("*.snapshot.json")]) <= 2
    assert len([*(publisher.folder / "register").iterdir()]) == 1


@pytest.mark.parametrize("moment", range(26))
@pytest.mark.parametrize("verb", ["changes", "base", "rotate"])
def test_a_power_cut_at_any_moment_of_a_publication_leaves_one_whole_version(
    publisher, verb, moment, monkeypatch, tmp_path, clock
):
    people = crowd(20)
    publisher.publish_base(people, NOW)
    root = publisher.trust_root
    with monkeypatch.context() as patch:
        cut_power_at(patch, moment)
        try:
            if verb == "changes":
                publisher.publish_changes(dict.fromkeys(people, STATES[5]), NOW)
            elif verb == "base":
                publisher.publish_base(dict.fromkeys(people, STATES[5]), NOW)
            else:
                publisher.rotate("targets")
        except PowerCutError:
            pass
    again = Publisher(tmp_path / "centre", clock=clock)
    assert not again.needs_base
    says(again, people if again.version == 1 else dict.fromkeys(people, STATES[5]))
    # Whatever happened, a gate that trusts the first root can follow, and the next publication works.
    store = DirectoryStore(tmp_path / "gate")
    subscriber = Subscriber(store, FolderFetcher(again.repository), root, clock=clock)
    assert subscriber.refresh()
    assert store.version == again.version
    again.publish_changes(dict.fromkeys(people, STATES[6]), NOW)
    subscriber.refresh()
    assert {store.look_up(person) for person in people} == {STATES[6]}


def test_a_full_disk_is_said_and_overcome(publisher, monkeypatch):
    people = crowd(20)
    publisher.publish_base(people, NOW)

    def full(*_):
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DirectoryError, match="storage"):
            publisher.publish_changes(dict.fromkeys(people, STATES[5]), NOW)
        with pytest.raises(DirectoryError, match="storage"):
            publisher.touch(NOW)
    says(publisher, people)
    assert publisher.publish_changes(dict.fromkeys(people, STATES[5]), NOW) == 2
    says(publisher, dict.fromkeys(people, STATES[5]))


@pytest.mark.parametrize("moment", range(1, 14))
@pytest.mark.parametrize("role", ["root", "snapshot"])
def test_a_rotation_that_failed_can_be_done_again_by_the_same_process(
    publisher, monkeypatch, tmp_path, clock, moment, role
):
    people = crowd(20)
    publisher.publish_base(people, NOW)
    root = publisher.trust_root
    with monkeypatch.context() as patch:
        cut_power_at(patch, moment)
        with contextlib.suppress(PowerCutError):
            publisher.rotate(role)
    publisher.publish_changes(dict.fromkeys(people, STATES[5]), NOW)
    publisher.rotate(role)
    publisher.touch(NOW)
    store = DirectoryStore(tmp_path / "gate")
    assert Subscriber(store, FolderFetcher(publisher.repository), root, clock=clock).refresh()
    assert store.version == 2


def test_two_publishers_rotate_in_turns_and_gates_follow(publisher, tmp_path, clock):
    publisher.publish_base(crowd(5), NOW)
    root = publisher.trust_root
    other = Publisher(tmp_path / "centre", clock=clock)
    for turn in (publisher, other, other, publisher):
        turn.rotate("root")
    other.touch(NOW)
    assert publisher.trust_root == other.trust_root
    store = DirectoryStore(tmp_path / "gate")
    assert Subscriber(store, FolderFetcher(publisher.repository), root, clock=clock).refresh()


def test_two_publishers_of_one_folder_take_turns(publisher, tmp_path, clock):
    other = Publisher(tmp_path / "centre", clock=clock)
    publisher.publish_base({bytes(16): STATES[1]}, NOW)
    assert other.publish_changes({bytes(16): STATES[2], b"x" * 16: STATES[3]}, NOW) == 2
    assert publisher.publish_changes({bytes(16): STATES[4]}, NOW) == 3
    says(publisher, {bytes(16): STATES[4], b"x" * 16: STATES[3]})


@pytest.mark.parametrize("name", ["register/1.keys", "repository/targets"])
def test_a_broken_centre_asks_for_a_new_base_and_publishes_no_fragment(publisher, tmp_path, clock, name):
    people = crowd(20)
    publisher.publish_base(people, NOW)
    broken = tmp_path / "centre" / name
    (next(broken.iterdir()) if broken.is_dir() else broken).write_bytes(b"x")
    again = Publisher(tmp_path / "centre", clock=clock)
    assert again.needs_base
    with pytest.raises(DirectoryError, match="no_base"):
        again.publish_changes({bytes(16): STATES[1]}, NOW)
    assert again.publish_base(people, NOW) == 2
    says(again, people)


@pytest.mark.parametrize("moment", range(34))
def test_a_power_cut_at_the_very_first_start_is_overcome(tmp_path, clock, monkeypatch, moment):
    with monkeypatch.context() as patch:
        cut_power_at(patch, moment)
        with contextlib.suppress(PowerCutError):
            Publisher(tmp_path / "centre", clock=clock)
    publisher = Publisher(tmp_path / "centre", clock=clock)
    publisher.publish_base(crowd(5), NOW)
    store = DirectoryStore(tmp_path / "gate")
    assert Subscriber(store, FolderFetcher(publisher.repository), publisher.trust_root, clock=clock).refresh()


@pytest.mark.parametrize("name", ["1.root.json", "2.snapshot.json", "2.targets.json", "timestamp.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_repository_that_cannot_be_read_is_said_so(publisher, tmp_path, clock, name, content):
    publisher.publish_base(crowd(5), NOW)
    path = publisher.repository / "metadata" / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DirectoryError, match="malformed"):
        Publisher(tmp_path / "centre", clock=clock)


def test_other_files_are_published_replaced_and_withdrawn(publisher):
    publisher.publish_file("rules.json", b"1")
    revision = publisher.revision
    publisher.publish_file("rules.json", b"1")
    assert publisher.revision == revision
    publisher.publish_file("rules.json", b"2")
    publisher.publish_file("pass.zh-Hans.opus", b"3")
    assert publisher.file_names == ("pass.zh-Hans.opus", "rules.json")
    publisher.withdraw_file("rules.json")
    assert publisher.file_names == ("pass.zh-Hans.opus",)
    with pytest.raises(DirectoryError, match="bad_name"):
        publisher.withdraw_file("rules.json")
    for name in ("directory-1.base", "../x", ""):
        with pytest.raises(DirectoryError, match="bad_name"):
            publisher.publish_file(name, b"")


@pytest.mark.slow
def test_what_is_about_to_expire_is_renewed_by_touch(publisher, clock):
    before = publisher.trust_root
    for _ in range(800):
        clock.now += timedelta(hours=23)
        publisher.touch(clock.now)
    assert publisher.trust_root != before
    store = DirectoryStore(publisher.folder / "gate")
    publisher.publish_base(crowd(3), clock.now)
    assert Subscriber(store, FolderFetcher(publisher.repository), before, clock=clock).refresh()


def test_publishing_works_with_the_root_key_offline_and_rotation_asks_for_it(publisher, clock):
    key_file = publisher.folder / "keys" / "root.pem"
    offline = key_file.read_bytes()
    key_file.unlink()
    publisher.publish_base(crowd(3), NOW)
    clock.now += timedelta(days=500)
    publisher.touch(clock.now)
    with pytest.raises(DirectoryError, match="no_key"):
        publisher.rotate("timestamp")
    key_file.write_bytes(offline)
    publisher.rotate("timestamp")
    with pytest.raises(DirectoryError, match="bad_role"):
        publisher.rotate("mirror")


@pytest.mark.parametrize("changes", [{b"short": STATES[0]}, {bytes(16): ("green", "none", 1)}])
def test_changes_that_make_no_sense_are_refused_whole(publisher, changes):
    publisher.publish_base(crowd(3), NOW)
    with pytest.raises(DirectoryError):
        publisher.publish_changes({b"n" * 16: STATES[1], **changes}, NOW)
    assert publisher.version == 1


def test_the_register_is_not_served(publisher):
    publisher.publish_base(crowd(50), NOW)
    served = b"".join(path.read_bytes() for path in publisher.repository.rglob("*") if path.is_file())
    assert not any(person in served for person in crowd(50))


def test_the_builder_is_the_one_that_everybody_uses(publisher):
    people = crowd(50)
    publisher.publish_base(people, NOW)
    (path,) = files(publisher)
    assert path.read_bytes() == builder(people, version=1, as_of=int(NOW.timestamp() * 1000))
