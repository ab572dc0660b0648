"""The verbs of merges: two rows of one person become one; and are parted again.

merge: 1. everything that hangs on `other` moves to `kept`, whichever noun it belongs to, and is written down,
2. the chosen fields are taken over, 3. `other` is hidden, not deleted, 4. gates learn of the moved documents.
unmerge: what was moved goes back; a field returns to what it said unless somebody has changed it since.
What cannot move (a second photo, a second colour) stays with `other` and is there again after an unmerge.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Field, Model
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.models import Code
from gatepass.centre.codes.outbox import queue_for_directory
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.merges.models import Merge
from gatepass.centre.people.models import IdentityDocument, NameKey, NamePart, Phone, Resident
from gatepass.centre.people.name_index import index_again, leave_index
from gatepass.policy import Advice, Colour

FIELDS: Final = ("full_name", "latin_name", "preferred_name", "sex", "birth", "nationality", "language")
HOME: Final = "home"
"""Site, room and address, taken together."""
COLOUR: Final = "colour"
CHOICES: Final = (*FIELDS, HOME, COLOUR)

_HOME_COLUMNS: Final = ("site_id", "room_id", "address")
# The index is made anew; a merge points at both of its halves and stays where it is.
_STAY: Final = (NameKey, NamePart, Merge, Resident)


def merge(by: User | None, kept: Resident, other: Resident, take: Collection[str] = ()) -> Merge:
    """`other` becomes part of `kept`; `take` names of `CHOICES` what is right on `other`.

    Where only `other` has a colour, `kept` gets it. RefusedError `merge_with_itself`, `merged_already`.
    """
    if unknown := set(take) - set(CHOICES):
        raise ValueError(f"not to be taken: {sorted(unknown)}")
    if kept.pk == other.pk:
        raise RefusedError("merge_with_itself")
    now = timezone.now()
    with transaction.atomic():
        rows = {row.pk: row for row in Resident.objects.select_for_update().filter(pk__in=[kept.pk, other.pk])}
        kept_row, other_row = rows[kept.pk], rows[other.pk]
        if kept_row.merged_into_id or other_row.merged_into_id:
            raise RefusedError("merged_already")
        before: dict[str, Any] = _make_room(kept_row, other_row, now)
        moved = {name: pks for name, pks in _move_all(other_row, kept_row) if pks}
        columns = [*(name for name in FIELDS if name in take), *(_HOME_COLUMNS if HOME in take else ())]
        before["fields"] = {name: [getattr(kept_row, name), getattr(other_row, name)] for name in columns}
        for name in columns:
            setattr(kept_row, name, getattr(other_row, name))
        _save(kept_row, now, *columns)
        other_row.merged_into = kept_row
        _save(other_row, now, "merged_into")
        before["colour"] = _take_colour(by, kept_row, other_row, wanted=COLOUR in take)
        index_again(kept_row)
        leave_index(other_row)
        made = Merge.objects.create(
            kept=kept_row, other=other_row, at=now, by=by, moved=moved, before=json.dumps(before, ensure_ascii=False)
        )
        record(by, "resident:merge", kept_row, other=other_row.pk, taken=sorted(take))
        _tell_gates([kept_row.pk], now)
    for row in (kept, other):
        row.refresh_from_db()
    return made


def unmerge(by: User | None, made: Merge) -> None:
    """Two residents again. RefusedError `unmerged_already`; `merge_in_chain` while `kept` is merged into a third."""
    now = timezone.now()
    with transaction.atomic():
        if not Merge.objects.filter(pk=made.pk, undone_at__isnull=True).update(undone_at=now):
            raise RefusedError("unmerged_already")
        kept = Resident.objects.select_for_update().get(pk=made.kept_id)
        other = Resident.objects.select_for_update().get(pk=made.other_id)
        if kept.merged_into_id:
            raise RefusedError("merge_in_chain")
        before = json.loads(str(made.before))
        for label, pks in made.moved.items():
            model, _dot, column = label.rpartition(".")
            rows = apps.get_model(model)._base_manager.filter(pk__in=pks, **{column: kept.pk})  # noqa: SLF001
            _move(rows, column, other)
        columns = [name for name, (_was, became) in before["fields"].items() if getattr(kept, name) == became]
        for name in columns:
            setattr(kept, name, before["fields"][name][0])
        _save(kept, now, *columns)
        other.merged_into = None
        _save(other, now, "merged_into")
        _room_again(before, other)
        _give_colour_back(by, kept, before["colour"])
        for row in (kept, other):
            index_again(row)
        record(by, "resident:unmerge", kept, other=other.pk)
        _tell_gates([kept.pk, other.pk], now)
    made.refresh_from_db()


def _make_room(kept: Resident, other: Resident, now: datetime) -> dict[str, Any]:
    """Where only one of a thing can be current, `kept`'s stays so; what was set aside is written down."""
    aside: dict[str, Any] = {"ended": None, "preferred": None}
    living = Membership.objects.filter(resident=other, until__isnull=True).first()
    if living and kept.memberships.filter(until__isnull=True).exists():
        Membership.objects.filter(pk=living.pk).update(until=now)
        aside["ended"] = living.pk
    first = Phone.objects.filter(resident=other, preferred=True).first()
    if first and kept.phones.filter(preferred=True).exists():
        Phone.objects.filter(pk=first.pk).update(preferred=False)
        aside["preferred"] = first.pk
    return aside


def _room_again(aside: dict[str, Any], other: Resident) -> None:
    if aside["ended"] and not other.memberships.filter(until__isnull=True).exists():
        try:
            with transaction.atomic():
                Membership.objects.filter(pk=aside["ended"], resident=other).update(until=None)
        except IntegrityError:
            # Somebody else heads that household by now.
            Membership.objects.filter(pk=aside["ended"]).update(until=None, relation=Membership.Relation.OTHER)
    if aside["preferred"] and not other.phones.filter(preferred=True).exists():
        Phone.objects.filter(pk=aside["preferred"], resident=other).update(preferred=True)


def _move_all(other: Resident, kept: Resident) -> Iterator[tuple[str, list[Any]]]:
    """Whatever points at a resident, of every noun of the centre: a new one need not be entered here."""
    for relation in Resident._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented `_meta`
        field = getattr(relation, "field", None)
        model = relation.related_model
        if not relation.auto_created or relation.concrete or not isinstance(field, Field) or field.many_to_many:
            continue
        if not isinstance(model, type) or issubclass(model, _STAY) or field.primary_key:
            continue
        rows = model._base_manager.filter(**{field.attname: other.pk})  # noqa: SLF001
        yield f"{model._meta.label_lower}.{field.attname}", _move(rows, field.attname, kept)  # noqa: SLF001


def _move(rows: Iterable[Model], column: str, to: Resident) -> list[Any]:
    """One by one: a row for which there is no room (a unique constraint) stays where it is."""
    moved = []
    for row in rows:
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**{column: to.pk})  # noqa: SLF001
        except IntegrityError:
            continue
        moved.append(row.pk)
    return moved


def _take_colour(by: User | None, kept: Resident, other: Resident, *, wanted: bool) -> dict[str, Any] | None:
    """None where nothing changed; else what `kept` had, and since when it has what it has now."""
    had, offered = Code.objects.filter(pk=kept.pk).first(), Code.objects.filter(pk=other.pk).first()
    if offered is None or (had is not None and not wanted):
        return None
    given = _set(by, kept, offered)
    was = {"colour": had.colour, "reason": had.reason, "advice": had.advice} if had else {}
    until = had.valid_until.isoformat() if had and had.valid_until else None
    return {**was, "valid_until": until, "since": given.since.isoformat(), "had": had is not None}


def _give_colour_back(by: User | None, kept: Resident, was: dict[str, Any] | None) -> None:
    """Only where nobody has given another one since."""
    code = Code.objects.filter(pk=kept.pk).first()
    if was is None or code is None or code.since.isoformat() != was["since"]:
        return
    if not was["had"]:
        # There is no verb for "never had one": a person without a valid code applies for one.
        set_colour(by, kept, None, advice=Advice.APPLY)
        return
    until = datetime.fromisoformat(was["valid_until"]) if was["valid_until"] else None
    _set(by, kept, Code(colour=was["colour"], reason=was["reason"], advice=was["advice"], valid_until=until))


def _set(by: User | None, resident: Resident, code: Code) -> Code:
    if code.valid_until is not None and code.valid_until <= timezone.now():
        return set_colour(by, resident, None, advice=Advice.DECLARE)
    colour = Colour(code.colour) if code.colour else None
    return set_colour(by, resident, colour, code.reason, Advice(code.advice), code.valid_until)


def _save(row: Resident, now: datetime, *columns: str) -> None:
    row.revision += 1
    row.changed_at = now
    names = [column.removesuffix("_id") for column in columns]
    row.save(update_fields=[*names, "revision", "changed_at"])


def _tell_gates(residents: Collection[int], now: datetime) -> None:
    documents = IdentityDocument.objects.filter(resident__in=residents, retired_at__isnull=True)
    queue_for_directory([bytes(key) for key in documents.values_list("person_key", flat=True)], now)
