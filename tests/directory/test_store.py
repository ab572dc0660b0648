"""The gate's directory: answers at any moment from any thread, survives restarts, crashes and broken files."""

from __future__ import annotations

import errno
import os
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.directory.crowd import NOW, crowd

from gatepass.directory import STATES, UNREGISTERED, Delta, Directory, DirectoryError, build
from gatepass.directory.lookup import to_ms
from gatepass.directory.store import DirectoryStore
from gatepass.policy import Advice, Colour, Knowledge

PEOPLE = [*crowd(200)]
MS = to_ms(NOW)


def base(folder: Path, version: int) -> Path:
    """In version v everybody has state v % 32: whatever mixes two versions is seen at once."""
    path = folder / "arriving.base"
    path.write_bytes(build(dict.fromkeys(PEOPLE, STATES[version % 32]), version=version, as_of=MS + version))
    return path


def step(store: DirectoryStore, version: int, first: int | None = None) -> bytes:
    directory = store.directory
    assert directory is not None
    everybody = len(PEOPLE)
    return Delta(
        base_version=directory.base.version,
        base_checksum=directory.checksum,
        base_people=everybody,
        from_version=version - 1 if first is None else first,
        to_version=version,
        as_of=MS + version,
        people=everybody,
        ranks=np.arange(everybody),
        codes=np.full(everybody, version % 32, np.uint8),
    ).encode()


def answers_whole(store: DirectoryStore, version: int) -> None:
    assert store.version == version
    assert len(store) == len(PEOPLE)
    assert {store.look_up(person) for person in PEOPLE} == {STATES[version % 32]}
    assert set(store.look_up_many(b"".join(PEOPLE)).tolist()) == {version % 32}


@pytest.fixture
def store(tmp_path):
    store = DirectoryStore(tmp_path)
    store.install(base=base(tmp_path, 1), as_of_ms=MS)
    return store


def test_without_a_directory_knowledge_is_unavailable_and_nobody_is_red(tmp_path):
    store = DirectoryStore(tmp_path)
    status = store.status(PEOPLE[0])
    assert (status.knowledge, status.colour) == (Knowledge.UNAVAILABLE, None)
    assert (store.version, store.as_of, store.as_of_ms, len(store)) == (0, None, 0, 0)
    assert store.look_up(PEOPLE[0]) is None
    assert store.look_up_many(b"".join(PEOPLE[:3])).tolist() == [UNREGISTERED] * 3
    with pytest.raises(DirectoryError, match="no_base"):
        store.install(deltas=[b""], as_of_ms=MS)


def test_a_status_says_what_is_known_and_when_it_was_stated(tmp_path):
    store = DirectoryStore(tmp_path)
    path = tmp_path / "x.base"
    path.write_bytes(build({PEOPLE[0]: (Colour.RED, Advice.APPEAL), PEOPLE[1]: STATES[0]}, version=1, as_of=MS))
    store.install(base=path, as_of_ms=MS + 60_000)
    red = store.status(PEOPLE[0])
    assert (red.knowledge, red.colour, red.advice) == (Knowledge.REGISTERED, Colour.RED, Advice.APPEAL)
    assert red.as_of == NOW + timedelta(minutes=1)
    assert store.status(PEOPLE[1]).knowledge is Knowledge.REGISTERED
    assert store.status(PEOPLE[1]).colour is None
    stranger = store.status(PEOPLE[2])
    assert (stranger.knowledge, stranger.as_of) == (Knowledge.UNKNOWN, NOW + timedelta(minutes=1))


def test_a_restart_recovers_base_deltas_and_date_offline(store):
    for version in range(2, 9):
        store.install(deltas=[step(store, version)], as_of_ms=MS + version)
    store.confirm(MS + 5000)
    again = DirectoryStore(store.folder)
    answers_whole(again, 8)
    assert again.as_of_ms == MS + 5000
    assert again.problems == ()


def test_the_date_follows_the_newest_statement_also_backwards(store):
    store.confirm(MS + 5000)
    assert store.as_of_ms == MS + 5000
    store.confirm(MS + 4000)
    assert DirectoryStore(store.folder).as_of_ms == store.as_of_ms == MS + 4000


@pytest.mark.slow
def test_many_deltas_are_merged_into_few_files(store):
    for version in range(2, 300):
        store.install(deltas=[step(store, version)], as_of_ms=MS)
    assert len([*store.folder.glob("*.delta")]) <= 9
    assert len([*store.folder.glob("*.base")]) == 1
    answers_whole(DirectoryStore(store.folder), 299)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda content: content[:-1], "torn"),
        (lambda content: content[:60] + b"?" + content[61:], "torn"),
        (lambda content: b"", "not_a_delta"),
        (lambda content: content.replace(b"GPDEL", b"GPDIR"), "not_a_delta"),
    ],
)
def test_a_broken_delta_is_refused_and_nothing_changes(store, spoil, code):
    files = {path.name for path in store.folder.iterdir()}
    with pytest.raises(DirectoryError, match=code):
        store.install(deltas=[step(store, 2), spoil(step(store, 3, 2))], as_of_ms=MS)
    answers_whole(store, 1)
    assert {path.name for path in store.folder.iterdir()} == files
    answers_whole(DirectoryStore(store.folder), 1)


def test_a_broken_base_is_refused_and_nothing_changes(store):
    torn = store.folder / "torn.base"
    torn.write_bytes(base(store.folder, 2).read_bytes()[:-5])
    with pytest.raises(DirectoryError, match="torn"):
        store.install(base=torn, as_of_ms=MS)
    answers_whole(store, 1)
    answers_whole(DirectoryStore(store.folder), 1)


def test_a_delta_that_does_not_fit_is_refused_and_nothing_changes(store):
    with pytest.raises(DirectoryError, match="gap"):
        store.install(deltas=[step(store, 3)], as_of_ms=MS)
    answers_whole(store, 1)


class PowerCutError(BaseException):
    """Nothing in the code under test may catch it."""


def cut_power_at(monkeypatch, moment: int) -> list[str]:
    """From the given rename, removal or fsync on, everything stops. Returns what was done."""
    done: list[str] = []

    def wrap(name, original):
        def step_or_cut(*arguments, **options):
            if len(done) >= moment:
                raise PowerCutError
            done.append(name)
            return original(*arguments, **options)

        return step_or_cut

    monkeypatch.setattr(Path, "replace", wrap("replace", Path.replace))
    monkeypatch.setattr(Path, "unlink", wrap("unlink", Path.unlink))
    monkeypatch.setattr(os, "fsync", wrap("fsync", os.fsync))
    return done


@pytest.mark.parametrize("moment", range(16))
@pytest.mark.parametrize("kind", ["delta", "merge", "base"])
def test_a_power_cut_at_any_moment_of_an_installation_leaves_one_whole_version(store, kind, moment, monkeypatch):
    before = 1
    if kind == "merge":
        store.install(deltas=[step(store, 2)], as_of_ms=MS)
        before = 2
    arriving = base(store.folder, 9) if kind == "base" else None
    after = 9 if kind == "base" else before + 1
    with monkeypatch.context() as patch:
        done = cut_power_at(patch, moment)
        try:
            if arriving:
                store.install(base=arriving, as_of_ms=MS)
            else:
                store.install(deltas=[step(store, after)], as_of_ms=MS)
        except PowerCutError:
            assert len(done) == moment
    again = DirectoryStore(store.folder)
    assert again.version in {before, after}
    answers_whole(again, again.version)
    assert again.problems == ()
    # And the next installation works, and sweeps up.
    again.install(base=base(store.folder, 20), as_of_ms=MS)
    again.install(base=base(store.folder, 21), as_of_ms=MS)
    answers_whole(DirectoryStore(store.folder), 21)
    assert {path.name for path in store.folder.iterdir()} == {"20.base", "21.base", "current.json"}


def test_a_full_disk_keeps_the_version_in_use(store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DirectoryError, match="storage"):
            store.install(deltas=[step(store, 2)], as_of_ms=MS)
    answers_whole(store, 1)
    store.install(deltas=[step(store, 2)], as_of_ms=MS)
    answers_whole(DirectoryStore(store.folder), 2)


def test_a_delta_that_broke_on_disk_gives_the_version_before_it(store):
    store.install(deltas=[step(store, 2)], as_of_ms=MS)
    store.install(deltas=[step(store, 9, 2)], as_of_ms=MS)
    newest = max(store.folder.glob("*.delta"), key=lambda path: int(path.stem.split("-")[1]))
    newest.write_bytes(newest.read_bytes()[:-1])
    again = DirectoryStore(store.folder)
    answers_whole(again, 1)
    assert again.as_of_ms == MS + 1
    assert again.problems == ("torn",)


def test_a_base_that_broke_on_disk_gives_way_to_the_one_before(store):
    store.install(base=base(store.folder, 7), as_of_ms=MS + 7)
    path = store.folder / "7.base"
    path.write_bytes(path.read_bytes()[:-100])
    again = DirectoryStore(store.folder)
    answers_whole(again, 1)
    assert again.problems == ("torn",)
    again.install(base=base(store.folder, 8), as_of_ms=MS + 8)
    answers_whole(DirectoryStore(store.folder), 8)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"generation":{"base":"../../x"},"as_of":1}',
        b'{"generation":{"base":"7\xff.base"},"as_of":1}',
        b"\xff",
    ],
)
def test_a_lost_list_of_files_is_made_up_from_the_files(store, content):
    store.install(base=base(store.folder, 7), as_of_ms=MS)
    store.install(deltas=[step(store, 8)], as_of_ms=MS)
    (store.folder / "current.json").write_bytes(content)
    (store.folder / "not-ours.base").write_bytes(b"x")
    again = DirectoryStore(store.folder)
    answers_whole(again, 8)
    assert "malformed" in again.problems


def test_with_every_file_broken_it_opens_and_knows_nothing(store):
    for path in store.folder.iterdir():
        path.write_bytes(b"x")
    again = DirectoryStore(store.folder)
    assert again.version == 0
    assert again.problems
    again.install(base=base(store.folder, 3), as_of_ms=MS)
    answers_whole(DirectoryStore(store.folder), 3)


def test_a_second_process_takes_up_what_the_first_installed(store):
    reader = DirectoryStore(store.folder)
    assert not reader.reread()
    store.install(deltas=[step(store, 2)], as_of_ms=MS)
    assert reader.reread()
    answers_whole(reader, 2)
    store.confirm(MS + 99_000)
    assert reader.reread()
    assert reader.as_of_ms == MS + 99_000
    assert not reader.reread()


@pytest.mark.slow
def test_look_ups_from_other_threads_never_see_half_a_version(store):
    stop = threading.Event()
    mixed: list[set[int]] = []
    rounds = [0, 0]

    def ask(number: int) -> None:
        keys = b"".join(PEOPLE)
        while not stop.is_set():
            seen = set(store.look_up_many(keys).tolist())
            directory = store.directory
            assert isinstance(directory, Directory)
            seen_singly = {directory.look_up(person) for person in PEOPLE}
            if len(seen) != 1 or seen_singly != {STATES[directory.version % 32]}:
                mixed.append(seen)
            rounds[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for version in range(2, 120):
            if version % 40 == 0:
                store.install(base=base(store.folder, version), as_of_ms=MS)
            else:
                store.install(deltas=[step(store, version)], as_of_ms=MS)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not mixed
    assert min(rounds) > 10
