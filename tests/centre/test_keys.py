from __future__ import annotations

import stat
import threading
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gatepass.centre import keys


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_secret_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    made = (keys.person_key_secret(folder), keys.field_key(folder), keys.tracing_public_key(folder))
    keys.django_secret(folder)
    assert [len(secret) for secret in made] == [32, 32, 32]
    assert len(set(made)) == 3
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert (folder / "person-key.key").read_bytes() == made[0]


def test_the_tracing_pair_belongs_together_and_its_halves_are_separate_files(tmp_path: Path) -> None:
    public = keys.tracing_public_key(tmp_path)
    private = X25519PrivateKey.from_private_bytes((tmp_path / "tracing.private").read_bytes())
    assert private.public_key().public_bytes_raw() == public


def test_the_private_tracing_key_may_be_taken_away(tmp_path: Path) -> None:
    public = keys.tracing_public_key(tmp_path)
    (tmp_path / "tracing.private").unlink()
    keys.tracing_public_key.cache_clear()
    assert keys.tracing_public_key(tmp_path) == public


def test_threads_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(keys.person_key_secret(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["person-key.key"]
