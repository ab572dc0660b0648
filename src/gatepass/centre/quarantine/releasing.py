"""Release is one act: `ask_for_release`, `confirm_release`, `refuse_release`; and back: `take_back`, `issue_anew`.

1. The criteria of the case's own rules are checked. One that does not hold stops the release, unless the reason that is
   given waives it.
2. Before the end, and late, a reason from the list is given.
3. Where the rules want two, nothing happens until a second person has confirmed; the criteria are checked again then.
4. In **one transaction**: the release with its evidence, the fact's end, the colour by the policy and its way into the
   directory, the case, its alarms, the notice, the messages, the audit. What fails anywhere leaves all as it was.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.two_people import require_second
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.policies.actions import let_policy_decide, re_evaluate
from gatepass.centre.policies.in_force import rulebook
from gatepass.centre.quarantine.actions import MOST_WORDS, close, end_the_fact, open_one, reopen
from gatepass.centre.quarantine.criteria import Timing, findings, needs_second, timing_of
from gatepass.centre.quarantine.models import Notice, Quarantine, Release
from gatepass.centre.quarantine.printing import issuer_of, own_languages
from gatepass.centre.sending.actions import queue
from gatepass.credentials import make
from gatepass.policy import Colour

State = Release.State


def ask_for_release(
    by: User, case: Quarantine, *, reason: str = "", words: str = "", now: datetime | None = None
) -> Release:
    """The release itself where one person is enough; otherwise it waits for the second one.

    RefusedError `quarantine_over`, `release_asked`, `quarantine_reason` (before the end and late one is needed),
    `release_criteria`.
    """
    now = now or timezone.now()
    with transaction.atomic():
        case = open_one(case)
        if case.releases.filter(state=State.ASKED).exists():
            raise RefusedError("release_asked")
        timing = timing_of(case, now)
        if timing == Timing.IN_TIME:
            reason = ""
        elif not case.rulebook.may_give(reason, timing.value, now):  # type: ignore[arg-type]  # early or late
            raise RefusedError("quarantine_reason")
        release = Release(
            quarantine=case, state=State.ASKED, timing=timing, reason=reason, rules=case.rules,
            words=words.strip()[:MOST_WORDS] or None, asked_by=by, asked_at=now,
        )  # fmt: skip
        _check(case, release, now)
        if needs_second(case, timing):
            release.save(force_insert=True)
            record(
                by, "quarantine:ask_release", case, resident=case.resident_id, timing=timing.value, reason=reason,
                rules=case.rules,
            )  # fmt: skip
        else:
            _perform(by, case, release, now)
    return release


def confirm_release(by: User, release: Release, now: datetime | None = None) -> Release:
    """The second person's yes. RefusedError `second_person`, `release_over`, `quarantine_over`, `release_criteria`:
    what has changed since it was asked for counts."""
    now = now or timezone.now()
    with transaction.atomic():
        fresh = _waiting(release)
        fresh.second = require_second(by, fresh.asked_by_id, "release")
        case = open_one(fresh.quarantine)
        _check(case, fresh, now)
        _perform(by, case, fresh, now)
    return fresh


def refuse_release(by: User, release: Release) -> None:
    """The second person's no, or the first one takes it back. RefusedError `release_over`."""
    with transaction.atomic():
        fresh = _waiting(release)
        fresh.state, fresh.second = State.REFUSED, by
        fresh.done_at = timezone.now()
        fresh.save()
        record(by, "quarantine:refuse_release", fresh.quarantine, resident=fresh.quarantine.resident_id)


def take_back(by: User, release: Release, reason: str, *, now: datetime | None = None) -> None:
    """It should not have been: the notice is revoked from this moment on, and the quarantine goes on.

    Where its period is over meanwhile, its alarm says so: somebody amends it, or releases again.
    RefusedError `release_over`, `quarantine_reason`, `quarantine_open`.
    """
    now = now or timezone.now()
    with transaction.atomic():
        fresh = Release.objects.select_for_update().select_related("quarantine__resident__site").get(pk=release.pk)
        case = fresh.quarantine
        if fresh.state != State.DONE:
            raise RefusedError("release_over")
        if not case.rulebook.may_give(reason, "revoke", now):
            raise RefusedError("quarantine_reason")
        fresh.state, fresh.taken_back_by, fresh.taken_back_at = State.TAKEN_BACK, by, now
        fresh.taken_back_for = reason
        fresh.save()
        _revoke(fresh, reason, now)
        record(by, "quarantine:take_back", case, resident=case.resident_id, reason=reason)
        reopen(case, now)
        _tell(case.resident, "quarantine_taken_back")


def issue_anew(by: User, release: Release, reason: str, now: datetime | None = None) -> Notice:
    """The notice was lost or misused: it is revoked, and the release has a new one.

    RefusedError `release_over`, `quarantine_reason`.
    """
    now = now or timezone.now()
    with transaction.atomic():
        fresh = Release.objects.select_for_update().select_related("quarantine__resident__site").get(pk=release.pk)
        if fresh.state != State.DONE:
            raise RefusedError("release_over")
        if not fresh.quarantine.rulebook.may_give(reason, "revoke", now):
            raise RefusedError("quarantine_reason")
        _revoke(fresh, reason, now)
        notice = _issue(fresh, now)
        record(
            by, "quarantine:issue_anew", fresh.quarantine, resident=fresh.quarantine.resident_id, notice=notice.pk,
            reason=reason,
        )  # fmt: skip
    return notice


def notice_of(release: Release) -> Notice | None:
    """The one that stands."""
    return release.notices.filter(revoked_at__isnull=True).first()


def _waiting(release: Release) -> Release:
    fresh = Release.objects.select_for_update().select_related("quarantine").get(pk=release.pk)
    if fresh.state != State.ASKED:
        raise RefusedError("release_over")
    return fresh


def _check(case: Quarantine, release: Release, now: datetime) -> None:
    """Puts the evidence into the release. RefusedError `release_criteria`."""
    found = findings(case, now, release.reason)
    release.evidence = [one.stored() for one in found]
    if not all(one.stands for one in found):
        raise RefusedError("release_criteria")


def _perform(by: User, case: Quarantine, release: Release, now: datetime) -> None:
    release.state, release.done_at = State.DONE, now
    release.save()
    end_the_fact(by, case, now)
    close(case, Quarantine.State.RELEASED, by, now, release.reason, str(release.words or ""))
    _change_the_colour(by, case.resident, now)
    _issue(release, now)
    record(
        by, "quarantine:release", case, resident=case.resident_id, timing=release.timing, reason=release.reason,
        rules=case.rules, second=release.second_id is not None,
    )  # fmt: skip
    _tell(case.resident, "quarantine_released")


def _change_the_colour(by: User, resident: Resident, now: datetime) -> None:
    """By the policy, also where somebody had set it by hand: a code must not stay red because a clerk forgets it.

    Where no policy rules, the release itself makes it green.
    """
    if rulebook(now).version_for(resident.site_id) is None:
        set_colour(by, resident, Colour.GREEN, "C", by_hand=False)
        return
    code = getattr(resident, "code", None)
    if code is not None and code.by_hand:
        let_policy_decide(by, resident)
    else:
        re_evaluate(resident)


def _issue(release: Release, now: datetime) -> Notice:
    resident = release.quarantine.resident
    return Notice.objects.create(
        release=release, serial=make.new_serial(), issued_at=now.replace(microsecond=0),
        languages=own_languages(resident), issuer=issuer_of(resident),
    )  # fmt: skip


def _revoke(release: Release, reason: str, now: datetime) -> None:
    release.notices.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_for=reason)


def _tell(resident: Resident, kind: str) -> None:
    town = settings.CONFIGURATION.town
    for way in ways_to([resident]).get(resident.pk, ()):
        with translation.override(way.language):
            link = f"{settings.CONFIGURATION.address}{reverse('my_quarantine', args=[resident.pk])}"
            told = {"town": town, "link": link}
            if kind == "quarantine_taken_back":
                text = gettext("%(town)s: something has changed. Please stay at home; the community office will call.")
            elif way.has_page:
                text = gettext("%(town)s: it is over, and you may go out again. Your notice is here: %(link)s")
            else:
                text = gettext(
                    "%(town)s: it is over, and you may go out again. The community office has a notice for you."
                )
            queue(way.channel, way.address, kind=kind, language=way.language, subject=town, text=text % told)
