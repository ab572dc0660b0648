from __future__ import annotations

from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.privacy.contract import Counts, Person, delete_where
from gatepass.centre.spreadsheets import FileError, read_table

KEY: int = 16


def erase(person: Person) -> Counts:
    """Lines of lists that are about the person; and the files themselves, which cannot lose one line.

    A file whose lines have been read is not needed any more. One that nobody has read yet is read now: if the person
    stands in it, or if it cannot be read, the list is thrown away and has to be uploaded again without them.
    """
    by_key = Row.objects.filter(person.rows_of(Row)).values_list("pk", flat=True)
    rows = {*by_key, *(row.pk for row in Row.objects.order_by().iterator(chunk_size=2000) if _is_about(row, person))}
    lists = set(Row.objects.filter(pk__in=rows).values_list("batch", flat=True))
    files = 0
    for batch in Import.objects.exclude(content=None, preview=None):
        unread = batch.state in {Import.State.MAPPING, Import.State.READING}
        if batch.pk in lists or (unread and _stands_in(batch, person)):
            batch.content, batch.preview = None, None
            if unread:
                batch.state = Import.State.DROPPED
            files += 1
            batch.save()
    for batch in Import.objects.all():
        if person.is_named_in(batch.file_name):
            batch.file_name = f"#{batch.pk}"
            batch.save()
    return delete_where(Row, rows) | {Import._meta.label: files}  # noqa: SLF001 - Django's documented `_meta`


def _is_about(row: Row, person: Person) -> bool:
    keys = bytes(row.person_keys or b"")
    known = {keys[start : start + KEY] for start in range(0, len(keys), KEY)}
    said = str(row.values)
    return bool(known & person.person_keys) or person.is_numbered_in(said) or (not keys and person.is_named_in(said))


def _stands_in(batch: Import, person: Person) -> bool:
    try:
        table = read_table(bytes(batch.content or b""), sheet=batch.sheet, encoding=batch.encoding)
    except FileError:
        return True
    return any(person.is_named_in(cell) for line in table.lines for cell in line.cells)
