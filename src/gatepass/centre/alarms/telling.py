"""Whom an alarm falls on, and how they are told that it begins and that it is over: one message each, however many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext, ngettext

from gatepass.centre.accounts.models import Grant, User
from gatepass.centre.alarms.kinds import KINDS, sentence_of, word_of
from gatepass.centre.alarms.models import Alarm, Contact, Delivery
from gatepass.centre.plain_rows import write_rows
from gatepass.centre.sending.actions import queue
from gatepass.centre.sending.models import Channel
from gatepass.centre.webpush.actions import tell_staff

NAMED_IN_A_MESSAGE: Final = 3
_OF_A_DELIVERY: Final = ("alarm", "user", "channel", "at")


class Raised(NamedTuple):
    """As much of an alarm as is told of it: hundreds at once are written past the model."""

    pk: int
    kind: str
    subject: str
    community_id: int | None
    site_id: int | None
    facts: dict[str, Any]


def falls_on(alarm: Alarm | Raised) -> list[User]:
    """Everybody whose role it concerns, there where it is."""
    return list(User.objects.filter(pk__in=_of_each([alarm])))


def _of_each(alarms: Sequence[Alarm | Raised]) -> dict[int, list[Alarm | Raised]]:
    """User -> the alarms that fall on them, in their order."""
    mine: dict[int, list[Alarm | Raised]] = defaultdict(list)
    for kind in {one.kind for one in alarms} & KINDS.keys():
        alike = [one for one in alarms if one.kind == kind]
        granted = _granted(kind, alike)
        for one in alike:
            places = {(None, None), (one.community_id, None), (None, one.site_id)}
            for user in set().union(*(granted[place] for place in places)):
                mine[user].append(one)
    return mine


def _granted(kind: str, alarms: Sequence[Alarm | Raised]) -> dict[tuple[int | None, int | None], set[int]]:
    """(community, site) -> users with a role there that alarms of this kind concern; (None, None) is the whole town."""
    where = Q(community=None, site=None)
    where |= Q(community__in={one.community_id for one in alarms if one.community_id is not None})
    where |= Q(site__in={one.site_id for one in alarms if one.site_id is not None})
    found: dict[tuple[int | None, int | None], set[int]] = defaultdict(set)
    grants = Grant.objects.filter(where, role__in=KINDS[kind].roles, user__is_active=True)
    for community, site, user in grants.values_list("community", "site", "user"):
        found[community, site].add(user)
    return found


def tell(alarms: Sequence[Alarm | Raised], now: datetime) -> None:
    """One message to each person, about all that falls on them."""
    of_user = _of_each(alarms)
    told: list[tuple[int, int, str, datetime]] = []
    for contact in Contact.objects.filter(user__in=of_user).select_related("user"):
        mine = of_user[contact.user_id]
        with translation.override(contact.user.language):
            said = [f"{word_of(one.kind)}: {sentence_of(one.kind, one.facts)}" for one in mine[:NAMED_IN_A_MESSAGE]]
            _queue_all(contact, "alarm", said, mine)
        told += [(one.pk, contact.user_id, contact.channel, now) for one in mine]
    write_rows(Delivery, _OF_A_DELIVERY, told)
    tell_staff(User.objects.filter(pk__in=of_user), "alarm", "/alarms/")


def tell_end(alarms: Sequence[Alarm]) -> None:
    """To those who heard of the beginning."""
    told: dict[int, list[Alarm]] = defaultdict(list)
    for delivery in Delivery.objects.filter(alarm__in=alarms).select_related("alarm"):
        told[delivery.user_id].append(delivery.alarm)
    for contact in Contact.objects.filter(user__in=told, user__is_active=True).select_related("user"):
        mine = told[contact.user_id]
        with translation.override(contact.user.language):
            over = [
                gettext("Over: %(what)s") % {"what": f"{word_of(one.kind)}: {sentence_of(one.kind, one.facts)}"}
                for one in mine[:NAMED_IN_A_MESSAGE]
            ]
            _queue_all(contact, "alarm_over", over, mine, linked=False)


def _queue_all(
    contact: Contact, kind: str, named: list[str], alarms: Sequence[Alarm | Raised], *, linked: bool = True
) -> None:
    """In the active language: those that are named, and how many more there are."""
    more = len(alarms) - len(named)
    if more:
        named.append(ngettext("And %(count)s more.", "And %(count)s more.", more) % {"count": more})
    text = "\n".join(named)
    send(contact.user, Channel(contact.channel), str(contact.address), kind, text, alarms if linked else ())


def send(
    user: User, channel: Channel, address: str, kind: str, text: str, alarms: Sequence[Alarm | Raised] = ()
) -> None:
    """With a link to the page of the alarm, or of all where there are several."""
    page = f"/alarms/{alarms[0].pk}/" if alarms and len(alarms) == 1 else "/alarms/"
    link = f" {settings.CONFIGURATION.address}{page}" if alarms else ""
    town = settings.CONFIGURATION.town
    queue(channel, address, kind=kind, language=user.language, subject=town, text=f"{town}: {text}{link}")
