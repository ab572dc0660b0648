"""A backup in which every person's rows are sealed with that person's own key.

    file      MAGIC, then frames: length (4 bytes, big endian) | MessagePack
    first     [nonce, sealed {"format", "at", "schema": [SQL …], "tables": [[name, columns] …], "sequence": […]}]
    others    [table, owners, nonce, sealed row]: the row as MessagePack, sealed once for each owner, the last one last
    last      [-1, [], nonce, sealed {"rows": n}]: a file that was cut off has none

A row about nobody is sealed with `keys/backup.key`. Whose rows are whose says the inventory (`person`, `applicant`,
`person_key`); what passes by (`backup = false`) is left out. The passage log is not in a backup: it is kept for four
weeks, under pseudonyms, and a mirror of the disk forgets with it.

Restoring needs `keys/` with the *newest* `people.sqlite3`. A row whose owner has no key there any more is a row of
somebody who was erased: it cannot be opened by anybody, and is left out.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import apsw
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from gatepass.centre.privacy.inventory import Table, inventory
from gatepass.centre.privacy.person_keys import PersonKeys

MAGIC: Final = b"gatepass backup 1\n"
NONCE: Final = 12
LARGEST_FRAME: Final = 64 * 1024 * 1024
BLOCK: Final = 2000
END: Final = -1
"""In place of a table: the frame that says how many rows there were."""

# Whose own the log-in is; else the log-in itself.
_OF_A_LOG_IN: Final = (
    "coalesce('r' || (SELECT min(resident_id) FROM mandates_mandate WHERE applicant_id = {0} AND relation = 'self'),"
    " 'a' || {0})"
)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class BackupError(Exception):
    """`code`: not_a_backup, cut_off, wrong_key, not_empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Restored:
    rows: int
    erased: int
    """Rows of people whose key was destroyed."""


def write_backup(
    database: Path, target: Path, owner_keys: PersonKeys, backup_key: bytes, *, on_table: Callable[[str, int], None]
) -> int:
    """The database as it is at this moment, while others go on writing; how many rows. FileExistsError.

    `on_table(name, rows)` after each table.
    """
    keys = owner_keys.all()
    # By the library that Django uses: a second SQLite in one process would drop the first one's locks when it closes.
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    draft = target.with_name(f".{target.name}.new")
    try:
        if target.exists():
            raise FileExistsError(target)
        with draft.open("xb") as file:
            draft.chmod(0o600)
            connection.execute("BEGIN")
            schema = connection.execute(
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                " ORDER BY type = 'trigger', type = 'index'"
            ).fetchall()
            # A number that somebody erased had is not given to anybody else.
            sequence = connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
            wanted = list(_tables(connection))
            header = {"format": 1, "at": time.time_ns() // 1_000_000, "schema": [sql for (sql,) in schema]}
            file.write(MAGIC)
            header |= {"tables": [[one.name, one.columns] for one in wanted], "sequence": sequence}
            _put(file, _about_all(header, backup_key))
            total = 0
            for number, one in enumerate(wanted):
                rows = _write_table(file, connection, number, one, owner_keys, keys, backup_key)
                on_table(one.name, rows)
                total += rows
            _put(file, [END, [], *_about_all({"rows": total}, backup_key)])
            file.flush()
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
        connection.close()
    return total


def restore_backup(source: Path, database: Path, owner_keys: PersonKeys, backup_key: bytes) -> Restored:
    """Into a new file. BackupError; nothing is left behind then."""
    if database.exists():
        raise BackupError("not_empty")
    keys = owner_keys.all()
    connection = apsw.Connection(str(database))
    try:
        database.chmod(0o600)
        with source.open("rb") as file:
            found = _read_all(file, connection, keys, backup_key)
    except BaseException:
        connection.close()
        for suffix in ("", "-wal", "-shm", "-journal"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        raise
    connection.close()
    return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    columns: list[str]
    owners: list[str]
    """SQL expressions that give an owner, or null."""
    masked: dict[str, str]


def _tables(connection: sqlite3.Connection) -> Iterator[_Wanted]:
    from django.apps import apps

    by_name = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}  # noqa: SLF001
    names: list[Any] = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    for (name,) in names:
        model = by_name.get(name)
        table = inventory()[model._meta.label] if model else None  # noqa: SLF001
        if table is None or table.backup:
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
            owners = _owners(model, table) if model and table else []
            yield _Wanted(name, columns, owners, table.masked if table else {})


def _owners(model: type[models.Model], table: Table) -> list[str]:
    """Own log-ins are their resident's; a document counts where there is no resident behind it."""
    residents = [_column(model, path) for path in table.person]
    log_ins = [_column(model, path) for path in table.applicant]
    found = [f"'r' || {column}" for column in residents]
    found += [_OF_A_LOG_IN.format(column) for column in log_ins]
    found += [
        f"CASE WHEN {residents[0]} IS NULL THEN 'k' || lower(hex({_column(model, path)})) END"
        for path in table.person_key
    ]
    return [*found, table.owner] if table.owner else found


def _column(model: type[models.Model], path: str, row: str = "row") -> str:
    """SQL for a path of the inventory, of however many steps. `row`: what the statement calls the model's row."""
    first, _, rest = path.partition("__")
    field: Any = model._meta.pk if first == "pk" else model._meta.get_field(first)  # noqa: SLF001
    here = f'{row}."{field.column}"'
    if not rest:
        return here
    there, inner = field.related_model._meta, f"{row}_"  # noqa: SLF001
    column = _column(field.related_model, rest, inner)
    return f'(SELECT {column} FROM "{there.db_table}" AS {inner} WHERE {inner}."{there.pk.column}" = {here})'  # noqa: S608 - names of our own models


def _write_table(
    file: IO[bytes],
    connection: sqlite3.Connection,
    number: int,
    wanted: _Wanted,
    owner_keys: PersonKeys,
    keys: dict[str, bytes],
    backup_key: bytes,
) -> int:
    columns = ", ".join(wanted.masked.get(column, f'row."{column}"') for column in wanted.columns)
    chosen = ", ".join([columns, *wanted.owners])
    cursor = connection.cursor().execute(f'SELECT {chosen} FROM "{wanted.name}" AS row')  # noqa: S608 - our own schema
    width, count = len(wanted.columns), 0
    while block := [row for row, _ in zip(cursor, range(BLOCK), strict=False)]:
        owned = [[owner for owner in dict.fromkeys(row[width:]) if owner] for row in block]
        missing = {owner for owners in owned for owner in owners} - keys.keys()
        if missing:
            keys.update(owner_keys.make(sorted(missing)))
        for row, owners in zip(block, owned, strict=True):
            _put(file, [number, owners, *_sealed(row[:width], number, owners, keys, backup_key)])
        count += len(block)
    return count


def _sealed(
    row: tuple[Any, ...], number: int, owners: list[str], keys: dict[str, bytes], backup_key: bytes
) -> tuple[bytes, bytes]:
    nonce, text = secrets.token_bytes(NONCE), _encode(list(row))
    for place, key in enumerate([keys[owner] for owner in owners] or [backup_key]):
        text = AESGCM(key).encrypt(nonce, text, _about(number, owners, place))
    return nonce, text


def _about(number: int, owners: list[str], place: int) -> bytes:
    """What is authenticated with a row: nobody moves it to another table or another person."""
    return _encode([number, owners, place])


def _read_all(file: IO[bytes], connection: apsw.Connection, keys: dict[str, bytes], backup_key: bytes) -> Restored:
    header = _header(file, backup_key)
    connection.execute("PRAGMA foreign_keys = OFF")
    with connection:
        late = [sql for sql in header["schema"] if not sql.upper().startswith("CREATE TABLE")]
        for sql in header["schema"]:
            if sql not in late:
                connection.execute(sql)
        inserts = [
            f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))})'  # noqa: S608 - our own file
            for name, columns in header["tables"]
        ]
        rows = erased = 0
        while True:
            number, owners, nonce, text = _row(_get(file))
            if number == END:
                break
            if any(owner not in keys for owner in owners):
                erased += 1
            else:
                chain = [keys[owner] for owner in owners] or [backup_key]
                connection.execute(inserts[number], _decode(_opened(text, nonce, number, owners, chain)))
                rows += 1
        if _of_all((nonce, text), backup_key)["rows"] != rows + erased:
            raise BackupError("cut_off")
        _drop_orphans(connection)
        connection.execute("DELETE FROM sqlite_sequence")
        connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", header["sequence"])
        for sql in late:
            connection.execute(sql)
    return Restored(rows, erased)


def _header(file: IO[bytes], backup_key: bytes) -> dict[str, Any]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError("not_a_backup")
    header = _of_all(_get(file), backup_key)
    if header.get("format") != 1:
        raise BackupError("not_a_backup")
    return header


def _about_all(said: dict[str, Any], backup_key: bytes) -> tuple[bytes, bytes]:
    """Sealed as well: whoever writes into the file must not choose what SQL is run."""
    nonce = secrets.token_bytes(NONCE)
    return nonce, AESGCM(backup_key).encrypt(nonce, _encode(said), MAGIC)


def _of_all(frame: Any, backup_key: bytes) -> dict[str, Any]:
    try:
        nonce, text = frame
        said: dict[str, Any] = _decode(AESGCM(backup_key).decrypt(nonce, text, MAGIC))
    except InvalidTag:
        raise BackupError("wrong_key") from None
    except (TypeError, ValueError):
        raise BackupError("not_a_backup") from None
    return said


def _row(frame: Any) -> tuple[int, list[str], bytes, bytes]:
    try:
        number, owners, nonce, text = frame
    except (TypeError, ValueError):
        raise BackupError("not_a_backup") from None
    return number, owners, nonce, text


def _opened(text: bytes, nonce: bytes, number: int, owners: list[str], chain: list[bytes]) -> bytes:
    try:
        for place in reversed(range(len(chain))):
            text = AESGCM(chain[place]).decrypt(nonce, text, _about(number, owners, place))
    except InvalidTag:
        raise BackupError("wrong_key") from None
    return text


def _drop_orphans(connection: apsw.Connection) -> None:
    """Rows and references that led to somebody who was erased: as their deletion would have left them."""
    for _round in range(10):
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        if not orphans:
            return
        for table, rowid, _parent, number in orphans:
            (column,) = [
                row[3] for row in connection.execute(f'PRAGMA foreign_key_list("{table}")') if row[0] == number
            ]
            nullable = any(
                row[1] == column and not row[3] for row in connection.execute(f'PRAGMA table_info("{table}")')
            )
            statement = f'UPDATE "{table}" SET "{column}" = NULL' if nullable else f'DELETE FROM "{table}"'  # noqa: S608
            connection.execute(f"{statement} WHERE rowid = ?", (rowid,))
    raise BackupError("cut_off")


def _put(file: IO[bytes], said: Any) -> None:
    frame = _encode(said)
    file.write(len(frame).to_bytes(4, "big") + frame)


def _get(file: IO[bytes]) -> Any:
    length = int.from_bytes(file.read(4), "big")
    frame = file.read(length) if 0 < length <= LARGEST_FRAME else b""
    if not frame or len(frame) != length:
        raise BackupError("cut_off")
    try:
        return _decode(frame)
    except msgspec.MsgspecError:
        raise BackupError("not_a_backup") from None
