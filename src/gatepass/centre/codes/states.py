"""What the directory says of a person key: read from residents, documents and codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatepass.centre.people.models import IdentityDocument
from gatepass.directory.states import State
from gatepass.policy import Advice, Colour

WITHOUT_CODE: State = (None, Advice.APPLY)
_COLUMNS = ("person_key", "resident__code__colour", "resident__code__advice")


def all_states() -> Iterator[tuple[bytes, State]]:
    """Every document in use of the town, in no order."""
    in_use = IdentityDocument.objects.filter(retired_at__isnull=True).order_by()
    for row in in_use.values_list(*_COLUMNS).iterator(chunk_size=5000):
        yield _state(row)


def states_of(person_keys: Sequence[bytes]) -> dict[bytes, State | None]:
    """None for a key that belongs to nobody (any more): its document was retired, its holder removed."""
    states: dict[bytes, State | None] = dict.fromkeys(person_keys)
    for start in range(0, len(person_keys), 500):
        block = person_keys[start : start + 500]
        in_use = IdentityDocument.objects.filter(person_key__in=block, retired_at__isnull=True)
        rows = in_use.order_by().values_list(*_COLUMNS)
        states.update(map(_state, rows))
    return states


def _state(row: tuple[bytes, str | None, str | None]) -> tuple[bytes, State]:
    key, colour, advice = row
    if advice is None:
        return bytes(key), WITHOUT_CODE
    return bytes(key), (Colour(colour) if colour else None, Advice(advice))
