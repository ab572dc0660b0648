"""`CodeLists`: by what a gate judges a shown code. The trust list and the revocations, as the `Subscriber` left them.

Both are targets of the signed update repository, beside the directory: they are fetched before it, so that `as_of`
never claims more than they know, and they cannot be rolled back or mixed with older ones.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gatepass.credentials import CredentialError, TrustList
from gatepass.directory import revocations
from gatepass.directory.errors import DirectoryError
from gatepass.directory.repository import published_names
from gatepass.directory.revocations import Revocations

TRUST_FILE: Final = "trust.json"
"""The published name of `TrustList.encode()`."""


def is_needed_for_codes(name: str) -> bool:
    """Names of published files that every gate fetches, whatever else it wants."""
    return name == TRUST_FILE or revocations.level_of(name) is not None


class CodeLists:
    """Trust and revocations of a folder of fetched files (`DirectoryStore.folder / "files"`).

    Opening never raises because of what is in the files. Without a trust list nobody is believed, so every code is
    held. A damaged list of revocations is left out and said in `problems`; the next `refresh` fetches it again.
    """

    def __init__(self, folder: Path | str, *, stored_as: Callable[[str], str] = str) -> None:
        """`stored_as` gives the file's name in the folder for the published one."""
        self.folder = Path(folder)
        self._stored_as = stored_as
        self._trust: TrustList | None = None
        self._revocations = Revocations()
        self.problems: tuple[str, ...] = ()
        """Codes of what was found broken at the last reading, for the log."""
        self.reread()

    @classmethod
    def of_gate(cls, directory: Path | str) -> CodeLists:
        """Beside the directory of a gate: `directory` is the folder of its `DirectoryStore`."""
        return cls(Path(directory) / "files")

    @classmethod
    def of_repository(cls, repository: Path | str) -> CodeLists:
        """Of the centre's own repository (`Publisher.repository`): what it names now, without asking who signed it.

        Raises:
            DirectoryError: malformed, where this is no repository.
        """
        names = published_names(Path(repository))
        return cls(Path(repository) / "targets", stored_as=lambda name: names.get(name, name))

    @property
    def trust(self) -> TrustList:
        """Whose signatures are believed; nobody's before the first fetch."""
        return self._trust or TrustList()

    @property
    def revocations(self) -> Revocations:
        return self._revocations

    def reread(self) -> None:
        """Takes what is there now: after `Subscriber.refresh` returned True. What is broken leaves the old in use."""
        problems: list[str] = []
        lists = []
        for level in range(revocations.LEVELS):
            # The smallest first, as the larger is replaced first: who moves from one to the other is met in either.
            path = self.folder / self._stored_as(revocations.list_name(level))
            try:
                lists.append(revocations.decode(path.read_bytes()))
            except FileNotFoundError:
                continue
            except (DirectoryError, OSError) as error:
                problems.append(error.code if isinstance(error, DirectoryError) else "storage")
        if not problems or not len(self._revocations):
            self._revocations = Revocations(lists)
        try:
            self._trust = TrustList.decode((self.folder / self._stored_as(TRUST_FILE)).read_bytes())
        except FileNotFoundError:
            self._trust = None
        except (CredentialError, OSError) as error:
            problems.append(error.code if isinstance(error, CredentialError) else "storage")
        self.problems = tuple(problems)
