"""One person out of one day's file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import apsw
import msgspec

from gatepass.centre.passages.day_file import open_database, select
from gatepass.centre.passages.log import Forgotten

_OF_PEOPLE = "person IN (SELECT unhex(value) FROM json_each(?1)) AND at <= ?2"
_SEALED = f"DELETE FROM sealed WHERE (journal, seq) IN (SELECT journal, seq FROM passages WHERE {_OF_PEOPLE})"  # noqa: S608
_ROWS = f"UPDATE passages SET person = NULL WHERE {_OF_PEOPLE}"  # noqa: S608


def forget_in_day(path: Path, people: Collection[bytes], until: int) -> Forgotten:
    """See `PassageLog.forget_people`. A connection of its own: SQLite lets the writer and this one take turns.

    Deleted bytes are overwritten with zeros. A file that held the person is then written anew as a whole, since a page
    that was split in two when rows came in may keep a copy of what moved.
    """
    try:
        connection = open_database(path, only_if_there=True)
    except apsw.CantOpenError:
        if path.exists():
            raise
        return Forgotten(0, 0)  # the day was forgotten whole a moment ago, the person with it
    try:
        connection.pragma("secure_delete", "on")
        values = (msgspec.json.encode([person.hex() for person in people]).decode(), until)
        with connection:
            ((sealed,),) = select(connection, f"SELECT count(*) FROM ({_SEALED.replace('DELETE', 'SELECT 1')})", values)  # noqa: S608
            connection.execute(_SEALED, values)
            before = connection.total_changes()
            connection.execute(_ROWS, values)
            rows = connection.total_changes() - before
        if rows:
            connection.execute("VACUUM")
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        connection.close()
    return Forgotten(rows, sealed)
