"""The verbs of web push: `subscribe`, `drop`, `tell_applicants`, `tell_staff`; and what a message may say.

A message lies open on a locked screen. It carries the town, one sentence out of `SENTENCES`, and the page on which
everything else stands behind a log-in: never a name, a number or a colour.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.contacts import Contact
from gatepass.centre.applicants.models import Applicant, Visit
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import PUSH, Channel, Message
from gatepass.centre.webhooks.reaching import RefusedAddressError, Rules
from gatepass.centre.webpush.encryption import from_base64url, is_point
from gatepass.centre.webpush.models import Subscription

MOST: Final = 10
"""Browsers of one person; the oldest makes room."""
MOST_ENDPOINT: Final = 1000
LIVES: Final = timedelta(days=1)
FEW: Final = 20
"""To hash the addresses of so many costs as much as to ask whether any browser is told anything at all."""
"""So long a push service keeps a message for a phone that is off."""

_NEWS: Final = _("There is something new for you. Open your pages to read it.")
_VISIT: Final = _("Somebody is at the gate for you. Open your pages to answer the guard.")
_TASK: Final = _("Somebody asks for your help.")
_ALARM: Final = _("There is an alarm for you. Log in to see it.")
_CALL: Final = _("Somebody at a gate needs an interpreter now.")
SENTENCES: Final[dict[str, Promise]] = {
    **dict.fromkeys(
        ("application_approved", "application_refused", "colour_changed", "appeal_answered", "privacy_answered"), _NEWS
    ),
    **dict.fromkeys(("journey_acknowledged", "survey", "proof_refused", "volunteer_answer", "notice"), _NEWS),
    **dict.fromkeys(("question_answered", "report_asked"), _NEWS),
    "volunteer_asked": _TASK,
    "visit_asked": _VISIT,
    "alarm": _ALARM,
    "call": _CALL,
}
"""Kind of a message -> what the screen says. What is not here is never pushed: digits of a log-in least of all."""


OF_STAFF: Final = ("alarm", "call")
PAGES: Final = {
    "volunteer_asked": "/my/helping/",
    "visit_asked": "/my/visitors/",
    "notice": "/my/notices/",
    "report_asked": "/my/report/",
}


SOON: Final = {"visit_asked": timedelta(minutes=10)}
"""What is of use for so long only: as long as the guard's question stands (`visitors.intake.ASKING_LASTS`)."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser says of its subscription (`PushSubscription.toJSON()`), read and checked."""

    endpoint: str = field(repr=False)
    key: bytes = field(repr=False)
    secret: bytes = field(repr=False)


def rules() -> Rules:
    """To which push services anything is sent: the named ones, and no others."""
    configuration = settings.CONFIGURATION
    # Without a host in the list any would do: "none" is what is meant.
    return Rules.of(configuration.push_hosts or "none.invalid", configuration.push_networks)


def read_browser(said: Any) -> Browser:
    """RefusedError `push_service` (not one that is reached), `push_subscription` (nonsense)."""
    try:
        endpoint, keys = str(said["endpoint"]), said["keys"]
        browser = Browser(endpoint, from_base64url(keys["p256dh"]), from_base64url(keys["auth"]))
    except (KeyError, TypeError, ValueError):
        raise RefusedError("push_subscription") from None
    if len(endpoint) > MOST_ENDPOINT or not is_point(browser.key) or len(browser.secret) != 16:
        raise RefusedError("push_subscription")
    try:
        rules().check(endpoint)
    except RefusedAddressError:
        raise RefusedError("push_service") from None
    return browser


def subscribe(who: Applicant | User, browser: Browser, device: str, visit: Visit | None = None) -> Subscription:
    """The same browser again is the same row; one that somebody else had before is theirs no more."""
    whose = {"applicant": who, "visit": visit} if isinstance(who, Applicant) else {"user": who}
    hashed = hashlib.sha256(browser.endpoint.encode()).digest()
    facts = {"key": browser.key, "secret": browser.secret, "device": device[:60]}
    with transaction.atomic():
        known = Subscription.objects.filter(endpoint_hash=hashed, **whose).first()
        if known is not None:
            for name, value in facts.items():
                setattr(known, name, value)
            known.save(update_fields=list(facts))
            return known
        Subscription.objects.filter(endpoint_hash=hashed).delete()
        mine = Subscription.objects.filter(**({"applicant": who} if isinstance(who, Applicant) else {"user": who}))
        for old in mine.order_by("-id")[MOST - 1 :]:
            old.delete()
        made = Subscription.objects.create(
            endpoint=browser.endpoint, endpoint_hash=hashed, made_at=timezone.now(), **facts, **whose
        )
        record(who, "push:subscribe", made)
    return made


def drop(who: Applicant | User, subscription: int) -> None:
    """One of the own; one that is not is not found."""
    mine = {"applicant": who} if isinstance(who, Applicant) else {"user": who}
    with transaction.atomic():
        found = Subscription.objects.filter(pk=subscription, **mine).first()
        if found is not None:
            record(who, "push:drop", found)
            found.delete()


def tell_applicants(applicants: Iterable[Applicant], kind: str, page: str, **more: Any) -> int:
    """Queued in the caller's transaction, one message for each browser; how many."""
    found = Subscription.objects.filter(applicant__in=list(applicants)).select_related("applicant")
    return sum(_queue(one, one.applicant.language, kind, page, **more) for one in found if one.applicant)


def tell_contacts(told: Iterable[tuple[Channel, str, str]]) -> int:
    """Beside text messages and mail, each a channel, an address and a kind: whoever has this contact, on each of
    their browsers. One look for all of them; how many."""
    sayable = [one for one in told if one[2] in SENTENCES and one[2] not in OF_STAFF]
    of_applicants = Subscription.objects.filter(applicant__isnull=False)
    if not sayable or (len(sayable) > FEW and not of_applicants.exists()):
        return 0
    kinds: dict[bytes, list[str]] = {}
    for channel, address, kind in sayable:
        kinds.setdefault(Contact(channel, address).hashed, []).append(kind)
    found = of_applicants.filter(applicant__contact_hash__in=list(kinds)).select_related("applicant")
    return sum(
        _queue(
            one,
            one.applicant.language,
            kind,
            PAGES.get(kind, "/my/"),
            until=timezone.now() + SOON[kind] if kind in SOON else None,
        )
        for one in found
        if one.applicant
        for kind in kinds[bytes(one.applicant.contact_hash)]
    )


def tell_staff(users: Iterable[User], kind: str, page: str, **more: Any) -> int:
    found = Subscription.objects.filter(user__in=list(users), user__is_active=True).select_related("user")
    return sum(_queue(one, one.user.language, kind, page, **more) for one in found if one.user)


def _queue(
    subscription: Subscription, language: str, kind: str, page: str, *, until: datetime | None = None, tag: str = ""
) -> int:
    now = timezone.now()
    with translation.override(language):
        said = {
            "title": settings.CONFIGURATION.town,
            "body": str(SENTENCES[kind]),
            "page": page,
            "tag": tag or kind,
            "lang": language,
            "until": int((until or now + LIVES).timestamp() * 1000),
        }
    Message.objects.create(
        channel=PUSH, address=str(subscription.pk), kind=kind, language=language, queued_at=now, due_at=now,
        text=json.dumps(said, ensure_ascii=False), not_after=until or now + LIVES,
    )  # fmt: skip
    return 1


def taken(subscription: Subscription) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(told_at=timezone.now())


def gone(subscription: Subscription) -> None:
    """The push service says that the browser has given it up."""
    with transaction.atomic():
        record(None, "push:gone", subscription)
        Subscription.objects.filter(pk=subscription.pk).delete()


def urgency(said: Mapping[str, Any]) -> str:
    """RFC 8030, section 5.3: what wakes a phone that saves power."""
    return "high" if said.get("tag", "").startswith("call") else "normal"
