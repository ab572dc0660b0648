"""A notice with one of each thing that a page of notices can name, and the way to a public one."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.notices.actions import Where, create_from, publish, review, set_term
from gatepass.centre.notices.broadcasts import Group, begin
from gatepass.centre.notices.models import Notice, TownTerm
from gatepass.centre.notices.ready_made import EXAMPLE, READY_MADE
from gatepass.centre.notices.screens import show
from gatepass.centre.sites.models import Site
from gatepass.languages import LANGUAGES

_OF_ONE = (
    *("notice", "notice_poster", "notice_revise", "notice_publish", "notice_withdraw", "notice_end", "notice_show"),
    "notice_broadcast",
)
KINDS = {
    **dict.fromkeys(_OF_ONE, "notice"),
    **dict.fromkeys(("notice_text", "notice_translate", "notice_review", "notice_sound"), "notice_language"),
    **dict.fromkeys(("broadcast", "broadcast_cancel"), "broadcast"),
    "notice_take_down": "notice_showing",
    "notice_public": "notice_code",
    "notice_public_of": "notice_revision",
    "term_drop": "term",
}
ONLY_POST = {
    *("notice_publish", "notice_withdraw", "notice_end", "notice_show", "notice_take_down", "notice_review"),
    *("broadcast_cancel", "term_set", "term_drop"),
}
assert set(KINDS) | {"notices"} <= {*roles.NOTICES, *roles.NOTICE_WORDS, *roles.NOTICE_WORK, *roles.PUBLIC}


def staff(role: Role = Role.OFFICE) -> User:
    number = User.objects.count()
    return create_staff(None, f"n{number}", f"Person {number}", [GrantWish(role)], language="en", password="x")[0]


def begun(site: Site | None = None, name: str = "gate_mask") -> Notice:
    ready = READY_MADE[name]
    return create_from(staff(), ready, ready.filled(EXAMPLE), Where(site=site))


def public(site: Site | None = None, name: str = "gate_mask", languages: tuple[str, ...] = ()) -> Notice:
    """In all five languages, or in these: reviewed by somebody and published."""
    notice, reviewer = begun(site, name), staff()
    for text in notice.translations.all():
        if not languages or text.language in languages:
            review(reviewer, text)
    publish(reviewer, notice)
    return notice


def things_of_notices(near: Site, far: Site) -> dict[str, tuple[dict, dict]]:
    found: dict[str, list[dict]] = {}
    by, now = staff(), timezone.now()
    set_term(by, dict.fromkeys(LANGUAGES, "x"), {})
    for site in (near, far):
        notice = public(site)
        showing = show(by, notice, Where(site=site), now, now + timedelta(days=1))
        broadcast = begin(by, notice, Group(site=site))
        for kind, words in {
            "notice": {"notice": notice.pk},
            "notice_language": {"notice": notice.pk, "language": "en"},
            "notice_showing": {"notice": notice.pk, "showing": showing.pk},
            "broadcast": {"broadcast": broadcast.pk},
            "notice_code": {"code": notice.code},
            "notice_revision": {"code": notice.code, "revision": 1},
            "term": {"term": TownTerm.objects.get().pk},
        }.items():
            found.setdefault(kind, []).append(words)
    everybody = {"notice_code", "notice_revision", "term"}
    return {
        kind: (near_words, {} if kind in everybody else far_words) for kind, (near_words, far_words) in found.items()
    }
