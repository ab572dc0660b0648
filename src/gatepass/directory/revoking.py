"""The lists of revoked codes in the repository: `Publisher.revoke` without its locks."""

from __future__ import annotations

from collections.abc import Mapping

from gatepass.directory.errors import DirectoryError
from gatepass.directory.repository import Repository
from gatepass.directory.revocations import Serials, decode, encode, level_of, list_name


def published_lists(repository: Repository) -> dict[int, Serials]:
    """By level. Raises: DirectoryError: storage, torn, malformed where the files here are broken."""
    targets = repository.targets.signed.targets
    paths = {level_of(name): repository.target_path(target) for name, target in targets.items()}
    try:
        return {level: decode(path.read_bytes()) for level, path in paths.items() if level is not None}
    except OSError as error:
        raise DirectoryError("storage", errno=error.errno or 0) from error


def publish_lists(repository: Repository, lists: Mapping[int, Serials]) -> None:
    """Lists that did not change give the same bytes, and with them the same target. Raises: DirectoryError: storage."""
    before = repository.targets.signed.targets
    targets = {name: target for name, target in before.items() if level_of(name) is None}
    for level, serials in lists.items():
        target = repository.put(list_name(level), encode(serials))
        targets[target.path] = target
    if targets != before:
        repository.commit(targets, repository.facts)
