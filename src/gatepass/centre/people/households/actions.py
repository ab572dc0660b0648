"""The verbs of households: found one, move somebody in or out, say who is what to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site

_BATCH = 500
HEAD = Membership.Relation.HEAD


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody new who joins a household of the resident's site, by its label."""

    resident: Resident
    label: str = field(repr=False)
    relation: str = ""
    room: int | None = None


def found_household(by: User | None, site: Site, label: str, room: Place | None = None) -> Household:
    """RefusedError `household_there` if the site has one of that label, `place_elsewhere` for another site's room."""
    with transaction.atomic():
        _fits(site.pk, room)
        if Household.objects.filter(site=site, label=label).exists():
            raise RefusedError("household_there")
        household = Household.objects.create(site=site, label=label, room=room)
        record(by, "household:found", household, site=site.pk)
    return household


def change_household(by: User | None, household: Household, label: str, room: Place | None) -> None:
    with transaction.atomic():
        _fits(household.site_id, room)
        if Household.objects.filter(site=household.site_id, label=label).exclude(pk=household.pk).exists():
            raise RefusedError("household_there")
        household.label, household.room = label, room
        household.save(update_fields=["label", "room"])
        record(by, "household:change", household)


def move_household(
    by: User | None, resident: Resident, household: Household | None, relation: str = Membership.Relation.OTHER
) -> Membership | None:
    """Out of the household where the resident lives now and into another one, or into none; both stay on record.

    RefusedError `household_has_head`, `household_elsewhere` (another site's).
    """
    now = timezone.now()
    with transaction.atomic():
        row = Resident.objects.select_for_update().get(pk=resident.pk)
        if household is not None and household.site_id != row.site_id:
            raise RefusedError("household_elsewhere")
        before = row.memberships.filter(until__isnull=True).first()
        if before and household and (before.household_id, before.relation) == (household.pk, relation):
            return before
        row.memberships.filter(until__isnull=True).update(until=now)
        joined = None
        if household is not None:
            _one_head(household, [relation])
            joined = Membership.objects.create(household=household, resident=row, relation=relation, since=now)
        _touch([row.pk], now)
        record(
            by,
            "household:move",
            row,
            out_of=before.household_id if before else None,
            into=household.pk if household else None,
        )
    return joined


def set_relations(by: User | None, household: Household, relations: Mapping[int, str]) -> None:
    """Who is what to the head: resident -> `Membership.Relation`, of those who live there now; others stay as is."""
    now = timezone.now()
    with transaction.atomic():
        living = list(Membership.objects.filter(household=household, until__isnull=True))
        wanted = {one.pk: str(relations.get(one.resident_id, one.relation)) for one in living}
        if sum(relation == HEAD for relation in wanted.values()) > 1:
            raise RefusedError("household_has_head")
        changed = [one for one in living if one.relation != wanted[one.pk]]
        # The one who is head no more goes first: at no moment are there two.
        for one in sorted(changed, key=lambda one: wanted[one.pk] == HEAD):
            Membership.objects.filter(pk=one.pk).update(relation=wanted[one.pk])
        if changed:
            _touch([one.resident_id for one in changed], now)
            record(by, "household:set_relations", household, residents=sorted(one.resident_id for one in changed))


def leave_household(resident: Resident) -> None:
    """Who moves to another site lives in no household of the old one; inside the transaction of that change."""
    resident.memberships.filter(until__isnull=True).update(until=timezone.now())


def join_households(joinings: Sequence[Joining], now: datetime) -> None:
    """New residents move in, inside the transaction that registers them. A second head counts as not stated."""
    wanted = {(one.resident.site_id, one.label): one.room for one in joinings}
    there = _labelled(wanted)
    new = [
        Household(site_id=site, label=label, room_id=wanted[site, label])
        for site, label in wanted.keys() - there.keys()
    ]
    Household.objects.bulk_create(new, batch_size=_BATCH)
    there = _labelled(wanted)
    heads = set(
        Membership.objects.filter(household__in=there.values(), until__isnull=True, relation=HEAD).values_list(
            "household", flat=True
        )
        if any(one.relation == HEAD for one in joinings)
        else ()
    )
    rows = []
    for one in joinings:
        household = there[one.resident.site_id, one.label]
        relation = one.relation or Membership.Relation.OTHER
        if relation == HEAD:
            relation = Membership.Relation.OTHER if household in heads else HEAD
            heads.add(household)
        rows.append(Membership(household_id=household, resident=one.resident, relation=relation, since=now))
    Membership.objects.bulk_create(rows, batch_size=_BATCH)


def _labelled(wanted: Mapping[tuple[int, str], int | None]) -> dict[tuple[int, str], int]:
    """(site, label) -> primary key, of those households that are there."""
    found: dict[tuple[int, str], int] = {}
    for site in {site for site, _label in wanted}:
        labels = [label for of_site, label in wanted if of_site == site]
        for start in range(0, len(labels), _BATCH):
            rows = Household.objects.filter(site=site, label__in=labels[start : start + _BATCH])
            found.update({(site, label): pk for pk, label in rows.values_list("pk", "label")})
    return found


def _one_head(household: Household, relations: Sequence[str]) -> None:
    if HEAD in relations and household.memberships.filter(until__isnull=True, relation=HEAD).exists():
        raise RefusedError("household_has_head")


def _fits(site: int, room: Place | None) -> None:
    if room is not None and (room.site_id != site or room.level != Place.Level.ROOM):
        raise RefusedError("place_elsewhere")


def _touch(residents: Sequence[int], now: datetime) -> None:
    Resident.objects.filter(pk__in=residents).update(revision=F("revision") + 1, changed_at=now)
