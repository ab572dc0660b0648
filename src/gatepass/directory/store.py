"""`DirectoryStore`: the directory that a gate (or the centre's gateway) decides with, and its files on disk.

    current.json               which base, which deltas in which order, and as_of; the generation before in `previous`
    12.base, 12-40.delta …     by version; a delta's two numbers are from and to
    trust/                     what the update client believes (see fetching.py)

Every change writes its files first and `current.json` last, by rename; a crash in between leaves the generation before,
and files that nobody names are swept away at the next change. A look-up reads one attribute, so it never waits.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from gatepass.directory.delta import Delta, merge
from gatepass.directory.errors import DirectoryError
from gatepass.directory.lookup import Directory
from gatepass.directory.states import UNREGISTERED, Codes, State
from gatepass.directory.table import Keys, as_keys
from gatepass.files import sync_file, write_whole
from gatepass.policy import Knowledge, Status

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_Name = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(-[0-9]+)?\.(base|delta)$")]


class Generation(msgspec.Struct, frozen=True):
    """The files of one version."""

    base: _Name
    deltas: tuple[_Name, ...] = ()


class Current(msgspec.Struct, frozen=True):
    """current.json."""

    generation: Generation
    as_of: int
    previous: Generation | None = None
    """Of the base before this one: what remains if this one's files are broken."""


class DirectoryStore:
    """The current directory of a folder. Look-ups from any thread; `install` and `confirm` one at a time.

    Opening never raises because of what is in the files: a broken delta is left out together with those after it, a
    broken base gives way to the one before; with neither, everybody is `Knowledge.UNAVAILABLE` until the next update.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._changing = threading.Lock()
        self._directory: Directory | None = None
        self._current: Current | None = None
        self._deltas: tuple[Delta, ...] = ()
        self.problems: tuple[str, ...] = ()
        """Codes of what was found broken when opening, for the log."""
        self._open()

    # Asking

    @property
    def directory(self) -> Directory | None:
        """The directory of this moment: keep it in a variable where two answers must fit together."""
        return self._directory

    @property
    def version(self) -> int:
        """0 for none."""
        directory = self._directory
        return directory.version if directory is not None else 0

    @property
    def as_of(self) -> datetime | None:
        """When the centre last stated this knowledge (aware, UTC)."""
        directory = self._directory
        return directory.as_of if directory is not None else None

    @property
    def as_of_ms(self) -> int:
        """The same in ms since 1970 UTC; 0 for none."""
        directory = self._directory
        return directory.as_of_ms if directory is not None else 0

    def __bool__(self) -> bool:
        return True  # nobody in it is not the same as no directory

    def __len__(self) -> int:
        directory = self._directory
        return len(directory) if directory is not None else 0

    def look_up(self, key: bytes) -> State | None:
        """Colour and advice, or None for somebody who is not registered (or while there is no directory).

        Raises:
            DirectoryError: key_length.
        """
        directory = self._directory
        return directory.look_up(key) if directory is not None else None

    def look_up_many(self, keys: Keys | bytes) -> Codes:
        """Codes (n,) of keys (n, 16), see `Directory.look_up_many`; 255 everywhere while there is no directory."""
        directory = self._directory
        if directory is None:
            return np.full(len(as_keys(keys)), UNREGISTERED, np.uint8)
        return directory.look_up_many(keys)

    def status(self, key: bytes) -> Status:
        """What is known of the person, as `policy.decide` wants it."""
        directory = self._directory
        if directory is None:
            return Status(Knowledge.UNAVAILABLE, _NEVER)
        state = directory.look_up(key)
        if state is None:
            return Status(Knowledge.UNKNOWN, directory.as_of)
        colour, advice = state
        return Status(Knowledge.REGISTERED, directory.as_of, colour, advice)

    # Changing

    def install(self, *, base: Path | None = None, deltas: Sequence[bytes] = (), as_of_ms: int) -> None:
        """Takes a new base (a file inside `folder`, which is renamed) and deltas on top of it, or of what is there.

        Everything is verified, then written, then used.

        Raises:
            DirectoryError: no_base, wrong_base, gap, torn, malformed, storage …; the directory in use stays.
        """
        with self._changing:
            if base is not None:
                directory, chain = Directory.open(base), []
            elif self._directory is not None:
                directory, chain = self._directory, list(self._deltas)
            else:
                raise DirectoryError("no_base")
            for content in deltas:
                delta = Delta.decode(content)
                after = directory.with_delta(delta)
                if after is not directory:
                    chain.append(delta)
                directory = after
            chain = _compact(chain)
            generation = Generation(f"{directory.base.version}.base", tuple(_name(delta) for delta in chain))
            previous = self._current.previous if self._current else None
            if base is not None and self._current:
                previous = self._current.generation
            directory = directory.with_as_of(as_of_ms)
            current = Current(generation, directory.as_of_ms, previous)
            try:
                for delta in chain:
                    if not any(delta is known for known in self._deltas):
                        write_whole(self.folder / _name(delta), delta.encode())
                if base is not None:
                    sync_file(base)
                    base.replace(self.folder / generation.base)
                write_whole(self.folder / "current.json", msgspec.json.encode(current))
            except OSError as error:
                raise DirectoryError("storage", errno=error.errno or 0) from error
            self._directory, self._current, self._deltas = directory, current, tuple(chain)
            self._sweep()

    def confirm(self, as_of_ms: int) -> None:
        """Nothing changed up to `as_of_ms`, says the centre.

        An earlier moment than the last is taken as well: what orders statements is their signed sequence, and a centre
        whose clock once stood in the future must not make knowledge look fresh until then.

        Raises:
            DirectoryError: storage.
        """
        with self._changing:
            if self._directory is None or self._current is None or as_of_ms == self._directory.as_of_ms:
                return
            current = msgspec.structs.replace(self._current, as_of=as_of_ms)
            try:
                # Not worth an fsync a minute: after a power cut the moment before this one is shown.
                write_whole(self.folder / "current.json", msgspec.json.encode(current), durable=False)
            except OSError as error:
                raise DirectoryError("storage", errno=error.errno or 0) from error
            self._directory, self._current = self._directory.with_as_of(as_of_ms), current

    def reread(self) -> bool:
        """For further processes that read one folder: takes what another process installed. True where it is newer."""
        with self._changing:
            before = self.version, self.as_of_ms
            if _read_current(self.folder) != self._current:
                # The other process may be sweeping the very files that its older list named: look again.
                for _ in range(3):
                    self._open()
                    if not self.problems:
                        break
            return (self.version, self.as_of_ms) != before

    # The files

    def _open(self) -> None:
        problems: list[str] = []
        current = _read_current(self.folder)
        if current is None and (self.folder / "current.json").exists():
            problems.append("malformed")
        candidates = [current.generation, current.previous] if current else [*_generations_on_disk(self.folder)]
        for generation in candidates:
            if generation is None:
                continue
            try:
                directory = Directory.open(self.folder / generation.base)
            except (DirectoryError, OSError) as error:
                problems.append(error.code if isinstance(error, DirectoryError) else "storage")
                continue
            chain: list[Delta] = []
            try:
                for name in generation.deltas:
                    delta = Delta.decode((self.folder / name).read_bytes())
                    directory = directory.with_delta(delta)
                    chain.append(delta)
            except (DirectoryError, OSError) as error:
                problems.append(error.code if isinstance(error, DirectoryError) else "storage")
            if current and not problems:
                directory = directory.with_as_of(current.as_of)
            whole = Generation(generation.base, tuple(_name(delta) for delta in chain))
            previous = current.previous if current and generation is current.generation else None
            self._directory, self._deltas = directory, tuple(chain)
            self._current = Current(whole, directory.as_of_ms, previous)
            break
        self.problems = tuple(problems)

    def _sweep(self) -> None:
        """Removes what neither generation names: what is left of earlier versions and of crashes."""
        assert self._current is not None
        named = {"current.json"}
        for generation in (self._current.generation, self._current.previous):
            if generation:
                named |= {generation.base, *generation.deltas}
        for path in self.folder.iterdir():
            if path.is_file() and path.name not in named and path.suffix in {".base", ".delta", ".new"}:
                path.unlink(missing_ok=True)


def _name(delta: Delta) -> str:
    return f"{delta.from_version}-{delta.to_version}.delta"


def _read_current(folder: Path) -> Current | None:
    try:
        return msgspec.json.decode((folder / "current.json").read_bytes(), type=Current)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _generations_on_disk(folder: Path) -> list[Generation]:
    """What could be opened where current.json is lost: newest base first, each with the deltas that may follow it."""
    versions: dict[Path, tuple[int, ...]] = {}
    for path in (*folder.glob("*.base"), *folder.glob("*.delta")):
        with contextlib.suppress(ValueError):
            versions[path] = tuple(int(number) for number in path.stem.split("-"))
    bases = sorted((path for path in versions if path.suffix == ".base"), key=lambda path: versions[path], reverse=True)
    deltas = sorted((path for path in versions if path.suffix == ".delta"), key=lambda path: versions[path])
    return [
        Generation(base.name, tuple(delta.name for delta in deltas if versions[delta][0] >= versions[base][0]))
        for base in bases
    ]


def _compact(chain: list[Delta]) -> list[Delta]:
    """Merges the last two while the older is less than twice the newer: a week of minutes is then a dozen files."""
    chain = list(chain)
    while len(chain) > 1 and chain[-2].size < 2 * chain[-1].size:
        chain[-2:] = [merge(chain[-2:])]
    return chain
