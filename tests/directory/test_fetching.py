"""The gate's subscriber believes what is signed, fresh and whole; everything else leaves it with what it has."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.directory.crowd import NOW, crowd
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface

from gatepass.directory import STATES, DirectoryError
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.lookup import to_ms
from gatepass.directory.publishing import Publisher
from gatepass.directory.store import DirectoryStore

PEOPLE = crowd(500)
ONE = next(iter(PEOPLE))


class Town:
    """A centre, a gate and a moment."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.folder = folder
        self.publisher = Publisher(folder / "centre", clock=lambda: self.now)
        self.root = self.publisher.trust_root
        self.publisher.publish_base(PEOPLE, self.now)
        self.store = DirectoryStore(folder / "gate")
        self.fetched: list[str] = []
        self.subscriber = self.subscribe(self.publisher.repository)

    def subscribe(self, repository: Path | FetcherInterface, root: bytes | None = None) -> Subscriber:
        fetcher = Counting(FolderFetcher(repository), self.fetched) if isinstance(repository, Path) else repository
        return Subscriber(self.store, fetcher, root or self.root, clock=lambda: self.now)

    def later(self, **much: float) -> None:
        self.now += timedelta(**much)

    def change(self, code: int) -> None:
        """Somebody gets another state."""
        self.publisher.publish_changes({ONE: STATES[code]}, self.now)

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.publisher.repository, self.folder / name))

    def refuses(self, code: str, subscriber: Subscriber | None = None) -> None:
        """And the gate is as it was, in memory and on disk."""
        before = (self.store.version, self.store.as_of_ms, self.store.look_up(ONE))
        with pytest.raises(DirectoryError) as refusal:
            (subscriber or self.subscriber).refresh()
        assert refusal.value.code == code
        again = DirectoryStore(self.store.folder)
        for store in (self.store, again):
            assert (store.version, store.as_of_ms, store.look_up(ONE)) == before
        assert not [*(self.store.folder / "incoming").iterdir()]


class Counting(FetcherInterface):
    def __init__(self, inner: FetcherInterface, seen: list[str]) -> None:
        self.inner, self.seen = inner, seen

    def _fetch(self, url):
        self.seen.append(url)
        return self.inner.fetch(url)


class Meddling(FetcherInterface):
    """Changes what comes by."""

    def __init__(self, repository: Path, meddle) -> None:
        self.inner, self.meddle = FolderFetcher(repository), meddle

    def _fetch(self, url):
        yield self.meddle(url, b"".join(self.inner.fetch(url)))


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    assert town.subscriber.refresh()
    town.fetched.clear()
    return town


def newest(folder: Path, role: str) -> Path:
    return max(folder.glob(f"metadata/*.{role}.json"), key=lambda path: int(path.name.split(".")[0]))


# What arrives


def test_a_change_arrives_as_one_small_delta(town):
    town.later(minutes=1)
    town.change(20)
    assert town.subscriber.refresh()
    assert town.store.look_up(ONE) == STATES[20]
    targets = [url for url in town.fetched if url.startswith("targets/")]
    assert [url.partition(".")[2] for url in targets] == ["directory-1-2.delta"]


def test_nothing_new_costs_one_small_file_and_a_touch_advances_the_date(town):
    assert not town.subscriber.refresh()
    town.later(minutes=5)
    town.publisher.touch(town.now)
    assert not town.subscriber.refresh()
    assert town.store.as_of == town.now
    assert {url for url in town.fetched if "root" not in url} == {"metadata/timestamp.json"}


def test_the_revision_is_that_of_the_repository(town):
    assert town.subscriber.revision == town.publisher.revision
    town.publisher.touch(town.now)
    town.subscriber.refresh()
    assert town.subscriber.revision == town.publisher.revision


@pytest.mark.slow
def test_a_gate_that_was_away_for_days_fetches_few_files(town):
    for number in range(200):
        town.later(minutes=15)
        town.change(number % 32)
    assert town.subscriber.refresh()
    assert town.store.version == 201
    assert town.store.as_of == town.now
    deltas = [url for url in town.fetched if url.endswith(".delta")]
    assert len(deltas) <= 8
    assert not [url for url in town.fetched if url.endswith(".base")]


def test_a_gate_without_a_network_for_days_keeps_deciding_and_catches_up(town):
    town.later(days=40)
    again = DirectoryStore(town.store.folder)
    assert again.look_up(ONE) == PEOPLE[ONE]
    assert again.as_of == NOW
    town.change(3)
    assert town.subscriber.refresh()
    assert town.store.look_up(ONE) == STATES[3]


def test_a_new_base_replaces_base_and_deltas(town):
    town.change(1)
    town.subscriber.refresh()
    town.publisher.publish_base(crowd(100, seed=9), town.now)
    assert town.subscriber.refresh()
    assert (len(town.store), town.store.version) == (100, 3)
    assert town.store.look_up(ONE) is None


def test_a_gate_that_lost_its_files_fetches_them_again(town):
    town.change(7)
    town.subscriber.refresh()
    for path in town.store.folder.glob("*.*"):
        path.unlink()
    town.store = DirectoryStore(town.store.folder)
    assert town.store.version == 0
    assert town.subscribe(town.publisher.repository).refresh()
    assert town.store.look_up(ONE) == STATES[7]


def test_a_restarted_subscriber_goes_on_where_it_was(town):
    town.change(5)
    assert town.subscribe(town.publisher.repository).refresh()
    assert town.store.look_up(ONE) == STATES[5]


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_a_gate_that_is_enrolled_at_another_centre_takes_its_directory(town, changes):
    """Also where the version numbers of both are the same."""
    town.change(1)
    town.subscriber.refresh()
    other = Publisher(town.folder / "other", clock=lambda: town.now)
    other.publish_base(crowd(50, seed=3) | {ONE: STATES[30]}, town.now)
    for code in range(changes):
        other.publish_changes({ONE: STATES[code]}, town.now)
    assert town.subscribe(other.repository, other.trust_root).refresh()
    assert (len(town.store), town.store.version) == (51, 1 + changes)
    assert town.store.look_up(ONE) == other.directory.look_up(ONE)


# What is refused


def test_an_older_repository_is_refused(town):
    old = town.copy("old")
    town.change(1)
    town.subscriber.refresh()
    town.refuses("rolled_back", town.subscribe(old))


def test_an_older_snapshot_under_a_newer_timestamp_is_refused(town):
    """Somebody holds the timestamp key alone, and wants the old list back."""
    old = json.loads((town.publisher.repository / "metadata" / "timestamp.json").read_bytes())
    town.change(1)
    town.subscriber.refresh()
    repository = town.publisher._repository
    meta = repository.timestamp.signed.snapshot_meta
    meta.version, meta.hashes, meta.length = old["signed"]["meta"]["snapshot.json"]["version"], None, None
    repository._stamp(repository.facts)
    town.refuses("rolled_back")


def test_a_frozen_repository_is_refused_after_a_day_and_the_gate_goes_on(town):
    town.later(hours=23)
    town.subscriber.refresh()
    town.later(hours=2)
    town.refuses("expired")
    assert town.store.status(ONE).colour == PEOPLE[ONE][0]
    town.publisher.touch(town.now)
    town.subscriber.refresh()
    assert town.store.as_of == town.now


def test_another_towns_repository_is_refused(town):
    other = Publisher(town.folder / "other", clock=lambda: town.now)
    other.publish_base({ONE: STATES[8]}, town.now)
    for _ in range(9):
        other.touch(town.now)
    town.refuses("forged", town.subscribe(other.repository))


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_with_another_signature_is_refused(town, role):
    town.change(1)

    def meddle(url: str, content: bytes) -> bytes:
        if url.endswith(f"{role}.json"):
            signed = json.loads(content)
            signature = signed["signatures"][0]["sig"]
            signed["signatures"][0]["sig"] = f"{int(signature[:2], 16) ^ 1:02x}{signature[2:]}"
            return json.dumps(signed, separators=(",", ":"), sort_keys=True).encode()
        return content

    town.refuses("forged", town.subscribe(Meddling(town.publisher.repository, meddle)))


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_with_another_content_is_refused(town, role):
    town.change(1)

    def meddle(url: str, content: bytes) -> bytes:
        return content.replace(b'"as_of":1', b'"as_of":2').replace(b'"expires":"2026', b'"expires":"2027')

    def meddle_one(url: str, content: bytes) -> bytes:
        return meddle(url, content) if url.endswith(f"{role}.json") else content

    town.refuses("forged", town.subscribe(Meddling(town.publisher.repository, meddle_one)))


@pytest.mark.parametrize("kind", ["base", "delta"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: content + b"x",
        lambda content: b"",
    ],
    ids=["cut", "forged", "longer", "empty"],
)
def test_a_file_that_is_not_the_signed_one_is_refused(town, kind, spoil):
    if kind == "base":
        town.publisher.publish_base(PEOPLE | {ONE: STATES[1]}, town.now)
    else:
        town.change(1)
    revision = town.subscriber.revision
    meddling = Meddling(
        town.publisher.repository, lambda url, content: spoil(content) if url.endswith(kind) else content
    )
    subscriber = town.subscribe(meddling)
    town.refuses("forged", subscriber)
    assert subscriber.revision == 0
    assert town.subscriber.revision == revision
    # The same update, whole this time, is taken, although its metadata is known already.
    assert town.subscriber.refresh()
    assert town.store.look_up(ONE) == STATES[1]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff" * 100, b'{"signed":{},"signatures":[]}'])
@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_rubbish_instead_of_metadata_is_refused(town, role, content):
    town.change(1)
    meddling = Meddling(
        town.publisher.repository, lambda url, there: content if url.endswith(f"{role}.json") else there
    )
    with pytest.raises(DirectoryError) as refusal:
        town.subscribe(meddling).refresh()
    assert refusal.value.code in {"forged", "refused"}
    assert town.store.version == 1


def test_a_signed_file_that_is_no_directory_is_refused(town):
    """The targets key signed something, and it is not a delta."""
    repository = town.publisher._repository
    target = repository.put("directory-1-2.delta", b"not a delta")
    facts = type(repository.facts)(to_ms(town.now), 2, repository.facts.base)
    repository.commit({**repository.targets.signed.targets, target.path: target}, facts)
    town.refuses("not_a_delta")


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"as_of": 1},
        {"as_of": "now", "directory": 1},
        {"as_of": 1, "directory": 9},
        {"as_of": 1, "directory": 1, "base": "x"},
    ],
)
def test_signed_facts_that_make_no_sense_are_refused(town, facts):
    repository = town.publisher._repository
    repository.timestamp.signed.unrecognized_fields["gatepass"] = facts
    content = repository._sign(repository.timestamp, "timestamp")
    (town.publisher.repository / "metadata" / "timestamp.json").write_bytes(content)
    town.refuses("gap" if facts.get("directory") == 9 else "refused")


def test_a_repository_that_does_not_answer_is_unreachable_also_in_the_middle_of_a_file(town):
    class Cut(FetcherInterface):
        def __init__(self, error):
            self.error = error

        def _fetch(self, url):
            yield b"{"
            raise self.error

    for error in (ConnectionError("reset"), TimeoutError(), ValueError("anything"), DownloadHTTPError("no", 500)):
        town.refuses("unreachable", town.subscribe(Cut(error)))


# Keys


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_every_key_can_be_replaced_and_the_old_one_is_worth_nothing(town, role):
    stolen = town.folder / "stolen"
    shutil.copytree(town.publisher.folder, stolen)
    town.publisher.rotate(role)
    town.change(11)
    assert town.subscriber.refresh()
    assert town.store.look_up(ONE) == STATES[11]
    # A gate that was enrolled before follows too.
    fresh = DirectoryStore(town.folder / "fresh")
    Subscriber(fresh, FolderFetcher(town.publisher.repository), town.root, clock=lambda: town.now).refresh()
    assert fresh.look_up(ONE) == STATES[11]
    if role != "root":
        # The thief signs on with the old keys, far ahead, under the root of today.
        thief = Publisher(stolen, clock=lambda: town.now)
        for _ in range(9):
            thief.publish_changes({ONE: STATES[8]}, town.now)
            thief.publish_changes({ONE: STATES[0]}, town.now)
        shutil.copy(newest(town.publisher.repository, "root"), thief.repository / "metadata")
        town.refuses("forged", town.subscribe(thief.repository))


def test_a_root_that_the_old_root_did_not_sign_is_refused(town):
    other = Publisher(town.folder / "other", clock=lambda: town.now)
    other.rotate("timestamp")
    shutil.copy(newest(other.repository, "root"), town.publisher.repository / "metadata" / "2.root.json")
    town.refuses("forged")


def test_the_root_may_be_replaced_many_times_while_a_gate_is_away(town):
    for _ in range(5):
        town.publisher.rotate("root")
        town.publisher.rotate("timestamp")
    town.change(2)
    assert town.subscriber.refresh()
    assert town.store.look_up(ONE) == STATES[2]


# Other files


def test_other_files_arrive_are_replaced_and_go(town):
    town.publisher.publish_file("rules.json", b"one")
    assert town.subscriber.refresh()
    assert town.subscriber.file("rules.json").read_bytes() == b"one"
    assert not town.subscriber.refresh()
    town.publisher.publish_file("rules.json", b"two")
    assert town.subscriber.refresh()
    # Offline, after a restart.
    subscriber = town.subscribe(town.folder / "nowhere")
    assert subscriber.file("rules.json").read_bytes() == b"two"
    listed = town.store.folder / "trust" / "targets.json"
    content = listed.read_bytes()
    for broken in (b"", b"{"):
        listed.write_bytes(broken)
        assert subscriber.file("rules.json") is None
    listed.write_bytes(content)
    (town.store.folder / "files" / "rules.json").write_bytes(b"meddled")
    assert subscriber.file("rules.json") is None
    assert town.subscriber.refresh()
    town.publisher.withdraw_file("rules.json")
    assert town.subscriber.refresh()
    assert town.subscriber.file("rules.json") is None
    assert not (town.store.folder / "files" / "rules.json").exists()


def test_a_file_that_cannot_be_fetched_keeps_no_colour_back(town):
    town.publisher.publish_file("film.mp4", b"film")
    town.change(17)
    spoilt = Meddling(town.publisher.repository, lambda url, content: b"" if url.endswith(".mp4") else content)
    with pytest.raises(DirectoryError, match="forged"):
        town.subscribe(spoilt).refresh()
    assert town.store.look_up(ONE) == STATES[17]
    assert town.subscriber.refresh()
    assert town.subscriber.file("film.mp4").read_bytes() == b"film"


def test_only_wanted_files_are_fetched_and_no_name_leads_out_of_the_folder(town):
    town.publisher.publish_file("rules.json", b"rules")
    town.publisher.publish_file("film.mp4", b"film")
    repository = town.publisher._repository
    for name in ("../escaped", "a/b"):
        target = repository.put("harmless", b"x")
        target.path = name
        repository.commit({**repository.targets.signed.targets, name: target}, repository.facts)
    subscriber = Subscriber(
        town.store,
        FolderFetcher(town.publisher.repository),
        town.root,
        wants=lambda name: name.endswith(".json"),
        clock=lambda: town.now,
    )
    assert subscriber.refresh()
    assert [path.name for path in (town.store.folder / "files").iterdir()] == ["rules.json"]
    assert subscriber.file("../escaped") is None
    assert subscriber.file("film.mp4") is None
    assert subscriber.file("directory-1.base") is None


def test_before_the_first_publication_there_is_nothing_to_fetch(tmp_path):
    publisher = Publisher(tmp_path / "centre", clock=lambda: NOW)
    store = DirectoryStore(tmp_path / "gate")
    subscriber = Subscriber(store, FolderFetcher(publisher.repository), publisher.trust_root, clock=lambda: NOW)
    assert subscriber.file("rules.json") is None
    assert not subscriber.refresh()
    assert store.version == 0


# By hand


def test_a_usb_stick_carries_the_newest_version_for_a_week(town):
    town.change(13)
    town.publisher.publish_file("rules.json", b"rules")
    stick = town.folder / "stick"
    town.publisher.export(stick)
    town.later(days=6)
    assert town.subscribe(stick).refresh()
    assert town.store.look_up(ONE) == STATES[13]
    # A new gate can be filled from it, and both go on online.
    fresh = DirectoryStore(town.folder / "fresh")
    Subscriber(fresh, FolderFetcher(stick), town.root, clock=lambda: town.now).refresh()
    assert fresh.version == 2
    town.change(14)
    assert town.subscriber.refresh()
    town.refuses("rolled_back", town.subscribe(stick))


def test_a_stick_that_lay_about_for_too_long_is_refused(town):
    town.change(13)
    stick = town.folder / "stick"
    town.publisher.export(stick, timedelta(days=2))
    town.later(days=3)
    town.refuses("expired", town.subscribe(stick))


@pytest.mark.parametrize("url", ["../../etc/passwd", "/etc/passwd", "metadata/../../centre/keys/root.pem", "metadata"])
def test_a_folder_fetcher_serves_nothing_outside_its_folder(town, url):
    with pytest.raises(DownloadHTTPError):
        FolderFetcher(town.publisher.repository).fetch(url)


def test_two_days_of_clock_time_move_with_the_machine_when_no_clock_is_given(tmp_path):
    import time_machine

    with time_machine.travel(NOW, tick=False):
        publisher = Publisher(tmp_path / "centre")
        publisher.publish_base(PEOPLE, NOW)
        store = DirectoryStore(tmp_path / "gate")
        subscriber = Subscriber(store, FolderFetcher(publisher.repository), publisher.trust_root)
        assert subscriber.refresh()
    with time_machine.travel(NOW + timedelta(days=2), tick=False), pytest.raises(DirectoryError, match="expired"):
        subscriber.refresh()
