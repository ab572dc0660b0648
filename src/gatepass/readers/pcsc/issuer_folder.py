"""The folder in which an operator keeps the list of issuing states; read again whenever something in it has changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from gatepass.identity.emrtd import Issuers, issuers

_logger = logging.getLogger(__name__)

_SUFFIXES: Final = frozenset({".ml", ".ldif", ".crl", ".cer", ".crt", ".der", ".pem"})


class IssuerFolder:
    """`path` None: no list. Never raises: a list that cannot be read is an empty one, and the log says why."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: list[tuple[str, int, int]] | None = None
        self._issuers = Issuers()

    def current(self) -> Issuers:
        """Blocks while it reads: some 0.2 s for all states of the world."""
        if self._path is None:
            return self._issuers
        try:
            files = sorted(file for file in self._path.iterdir() if file.suffix.lower() in _SUFFIXES)
            seen = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
            if seen != self._seen:
                self._issuers, problems = issuers.read((file.name, file.read_bytes()) for file in files)
                self._seen = seen
                _logger.info(
                    "the list of issuing states has %d keys of %d states",
                    len(self._issuers),
                    len(self._issuers.authorities),
                )
                for problem in problems:
                    _logger.warning("the list of issuing states: %s was not used: %s", problem.file, problem.code)
        except OSError as error:
            if self._seen is None:
                _logger.warning("the list of issuing states cannot be read: %s", error.strerror)
                self._seen = []
        return self._issuers
