"""A contact as one line: for the page, and for the exports, which carry a watermark in every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gatepass.centre.accounts.models import User
from gatepass.centre.tracing.identities import Identity
from gatepass.centre.tracing.models import Case, Contact, Link
from gatepass.centre.tracing.sightings import MOST_ENCOUNTERS

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Row:
    contact: Contact
    who: Identity | None
    """None where the user was not told."""
    why: list[str]
    score: float


def rows(contacts: Sequence[Contact], names: dict[int, Identity], visible: QuerySet[Contact]) -> list[Row]:
    """`visible` are the contacts whom the reader may meet: no link from anybody else is told."""
    links: dict[int, list[Link]] = {}
    told = Link.objects.filter(target__in=[one.pk for one in contacts], source__in=visible.order_by().values("pk"))
    for link in told.select_related("source"):
        links.setdefault(link.target_id, []).append(link)
    return [
        Row(one, names.get(one.pk), [why_words(link) for link in links.get(one.pk, ())], one.score) for one in contacts
    ]


def why_words(link: Link) -> str:
    """One link in a sentence: what was counted, so that the score can be followed."""
    source = link.source.code
    if link.kind == Contact.Kind.HOUSEHOLD:
        return _("Lives in one household with %(code)s.") % {"code": source}
    if link.kind == Contact.Kind.VISIT:
        return _("Host or visitor of %(code)s.") % {"code": source}
    why = link.why
    times = ngettext(
        "Passed the same gate as %(code)s once", "Passed the same gate as %(code)s %(n)d times", why["times"]
    ) % {"code": source, "n": why["times"]}
    same = ngettext("%(n)d time the same way", "%(n)d times the same way", why["same_way"]) % {"n": why["same_way"]}
    crowd = ngettext(
        "at the quietest with %(n)d other person around", "at the quietest with %(n)d other people around",
        why["fewest"],
    ) % {"n": why["fewest"]}  # fmt: skip
    return _("%(times)s: %(gap)s apart at the nearest, %(same)s, %(crowd)s.") % {
        "times": times, "gap": gap_words(why["nearest_s"]), "same": same, "crowd": crowd,
    }  # fmt: skip


def gap_words(seconds: int) -> str:
    if seconds < MINUTE_S:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = round(seconds / MINUTE_S)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def narrowed_words(seconds: int) -> str:
    """That less time was looked at than the case says, and why."""
    return _(
        "So many people passed these gates that only those within %(gap)s were looked at, before and after: "
        "at most %(most)d encounters of one person are ranked."
    ) % {"gap": gap_words(max(1, seconds)), "most": MOST_ENCOUNTERS}


def watermark(user: User, case: Case, now: datetime) -> str:
    """Whose copy this is: case, person, moment."""
    return _("Case %(case)d · exported by %(name)s (%(account)s) · %(time)s · personal data, do not pass on") % {
        "case": case.pk,
        "name": user.full_name,
        "account": user.username,
        "time": timezone.localtime(now).isoformat(" ", "seconds"),
    }


def header() -> list[str]:
    return [
        pgettext("instead of a name", "Code"),
        _("Steps"), _("Link"), _("Score"), _("Why"), _("First met"), _("Last met"), _("Name"),
        _("Telephone"), _("Home"), _("Document"), _("Reached"), _("Informed"), _("Tested"), _("Quarantined"),
        _("Looked after by"), _("Copy"),
    ]  # fmt: skip


def cells(found: Iterable[Row], mark: str) -> list[list[str]]:
    """One row each; names only where the user was told them. The watermark is the last cell of each."""
    return [
        [
            one.contact.code,
            str(one.contact.step),
            str(one.contact.get_kind_display()),
            f"{one.score:.1f}",
            " ".join(one.why),
            _moment(one.contact.first_met),
            _moment(one.contact.last_met),
            one.who.name if one.who else "",
            " ".join(one.who.phones) if one.who else "",
            one.who.home if one.who else "",
            " ".join(number for _kind, number in one.who.documents) if one.who else "",
            *map(
                _moment,
                (one.contact.reached_at, one.contact.informed_at, one.contact.tested_at, one.contact.quarantined_at),
            ),
            one.contact.assignee.full_name if one.contact.assignee else "",
            mark,
        ]
        for one in found
    ]


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(" ", "minutes") if moment else ""
