"""The verbs of policies: write a version, hand it in, approve it, let it rule from a day on, take it back; look again.

Two people: whoever wrote the last word of a version cannot approve it, and nothing that is not approved ever rules.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.two_people import require_second
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.actions import follow_policy, let_go
from gatepass.centre.codes.models import Code
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Standing
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.in_force import rulebook
from gatepass.centre.policies.judging import Bench, Judgement
from gatepass.centre.policies.models import PolicyVersion, Run, Term
from gatepass.centre.sites.models import Site
from gatepass.policy.colours import ColourDecision, read_policy

State = PolicyVersion.State


# ---------------------------------------------------------------- versions


def write_version(by: User | None, source: str, note: str = "") -> PolicyVersion:
    """A new draft. The file says which policy it is; PolicyError (`policy.colours`) where it is none."""
    policy = read_policy(source).file.policy
    now = timezone.now()
    with transaction.atomic():
        newest = PolicyVersion.objects.filter(policy=policy).aggregate(newest=Max("number"))["newest"] or 0
        version = PolicyVersion.objects.create(
            policy=policy, number=newest + 1, source=source, note=note, author=by,
            author_name=by.full_name if by else "", created_at=now, changed_at=now,
        )  # fmt: skip
        record(by, "policy:write", version, policy=policy, number=version.number)
    return version


def change_draft(by: User | None, version: PolicyVersion, source: str, note: str = "") -> PolicyVersion:
    """The draft as it reads now; whoever changes it is its author. RefusedError `policy_final`, `policy_renamed`.

    What was handed in is a draft again: nobody approves what another one changes at the same time.
    """
    policy = read_policy(source).file.policy
    with transaction.atomic():
        fresh = _locked(version, State.DRAFT, State.SUBMITTED)
        if policy != fresh.policy:
            raise RefusedError("policy_renamed")
        fresh.source, fresh.note, fresh.state = source, note, State.DRAFT
        fresh.author, fresh.author_name = by, by.full_name if by else ""
        fresh.changed_at = timezone.now()
        fresh.save()
        record(by, "policy:change", fresh, policy=policy, number=fresh.number)
    return fresh


def hand_in(by: User | None, version: PolicyVersion) -> PolicyVersion:
    """The draft is finished: somebody else reads it now."""
    with transaction.atomic():
        fresh = _moved(version, State.SUBMITTED, State.DRAFT)
        record(by, "policy:hand_in", fresh, policy=fresh.policy, number=fresh.number)
    return fresh


def drop_version(by: User | None, version: PolicyVersion) -> PolicyVersion:
    """The draft will not be used; it stays on record."""
    with transaction.atomic():
        fresh = _moved(version, State.DROPPED, State.DRAFT, State.SUBMITTED)
        record(by, "policy:drop", fresh, policy=fresh.policy, number=fresh.number)
    return fresh


def approve(by: User | None, version: PolicyVersion) -> PolicyVersion:
    """The second person's yes. From now on the version never changes. RefusedError `policy_own`, `policy_final`."""
    with transaction.atomic():
        fresh = _locked(version, State.SUBMITTED)
        second = require_second(by, fresh.author_id, "policy")
        fresh.state = State.APPROVED
        fresh.approved_by, fresh.approved_by_name, fresh.approved_at = second, second.full_name, timezone.now()
        fresh.save()
        record(by, "policy:approve", fresh, policy=fresh.policy, number=fresh.number)
    return fresh


def _moved(version: PolicyVersion, to: State, *while_in: State) -> PolicyVersion:
    fresh = _locked(version, *while_in)
    fresh.state, fresh.changed_at = to, timezone.now()
    fresh.save()
    return fresh


def _locked(version: PolicyVersion, *while_in: State) -> PolicyVersion:
    fresh = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if fresh.state not in while_in:
        raise RefusedError("policy_final" if fresh.state != State.DRAFT else "policy_not_handed_in")
    return fresh


# ---------------------------------------------------------------- terms


def schedule(
    by: User | None, version: PolicyVersion | None, effective_from: datetime, site: Site | None = None
) -> Term:
    """From then on this version rules, in the town or at one site; `version` None: the site is as the town again.

    The moment may be now: so a version is rolled back to the one before. RefusedError `policy_not_approved`,
    `policy_too_early` (before the day that the file itself names), `term_past`.
    """
    now = timezone.now()
    if effective_from < now.replace(second=0, microsecond=0):
        raise RefusedError("term_past")
    with transaction.atomic():
        if version is not None:
            fresh = PolicyVersion.objects.select_for_update().get(pk=version.pk)
            if fresh.state != State.APPROVED:
                raise RefusedError("policy_not_approved")
            file_from = read_policy(fresh.source).file.effective_from
            if effective_from < file_from:
                raise RefusedError("policy_too_early", effective_from=file_from.isoformat(" ", "minutes"))
        elif site is None:
            raise RefusedError("term_empty")
        term = Term.objects.create(
            version=version, site=site, effective_from=effective_from, ordered_at=now,
            ordered_by_name=by.full_name if by else "",
        )  # fmt: skip
        record(
            by, "policy:schedule", term, version=version.pk if version else None, site=site.pk if site else None,
            effective_from=effective_from.isoformat(timespec="minutes"),
        )  # fmt: skip
    return term


def cancel_term(by: User | None, term: Term) -> None:
    """What was announced does not come. RefusedError `term_begun`: what rules is replaced by scheduling another."""
    with transaction.atomic():
        fresh = Term.objects.select_for_update().get(pk=term.pk)
        if fresh.begun_at is not None or fresh.cancelled_at is not None:
            raise RefusedError("term_begun")
        fresh.cancelled_at = timezone.now()
        fresh.save(update_fields=["cancelled_at"])
        record(by, "policy:cancel_term", fresh)


def begin_terms(now: datetime) -> list[Run]:
    """Terms whose moment has come: each asks for a complete re-evaluation of whom it is about."""
    runs: list[Run] = []
    come = Term.objects.filter(effective_from__lte=now, begun_at__isnull=True, cancelled_at__isnull=True)
    if not come.exists():
        return runs
    with transaction.atomic():
        for term in come.order_by("effective_from", "id").select_for_update():
            term.begun_at = now
            term.save(update_fields=["begun_at"])
            runs.append(Run.objects.create(kind=Run.Kind.COMPLETE, site=term.site, asked_at=now))
            record(None, "policy:begin_term", term, version=term.version_id)
    return runs


# ---------------------------------------------------------------- runs


def ask_for_dry_run(
    by: User | None, version: PolicyVersion, at: datetime | None = None, site: Site | None = None
) -> Run:
    """Who would turn which colour if this version ruled at that moment: a report, nothing else."""
    with transaction.atomic():
        run = _asked(by, Run(kind=Run.Kind.DRY, version=version, at=at, site=site))
        record(by, "policy:dry_run", run, version=version.pk, site=run.site_id)
    return run


def ask_for_re_evaluation(by: User | None, site: Site | None = None) -> Run:
    """Everybody is looked at again by what rules now."""
    with transaction.atomic():
        run = _asked(by, Run(kind=Run.Kind.COMPLETE, site=site))
        record(by, "policy:re_evaluate", run, site=run.site_id)
    return run


def cancel_run(by: User | None, run: Run) -> None:
    """It stops within a second; what is written stays. RefusedError `run_over`."""
    with transaction.atomic():
        waiting = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED)
        running = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING)
        now = timezone.now()
        if not waiting.update(state=Run.State.CANCELLED, cancel_asked=True, finished_at=now) and not running.update(
            cancel_asked=True
        ):
            raise RefusedError("run_over")
        record(by, "policy:cancel_run", run)


def _asked(by: User | None, run: Run) -> Run:
    run.asked_at, run.asked_by_name = timezone.now(), by.full_name if by else ""
    run.save(force_insert=True)
    return run


# ---------------------------------------------------------------- single residents


def re_evaluate(resident: Resident) -> ColourDecision | None:
    """Look at one resident now, and let the code follow. The decision, or None: no policy rules at their site, or a
    person has decided by hand.

    For whoever has applied: a resident without a code gets one here, whatever is known of them.
    """
    judgements = _look_again([resident.pk], everybody=True)
    return judgements[0].decision if judgements else None


def let_policy_decide(by: User | None, resident: Resident) -> ColourDecision | None:
    """What a person has decided by hand ends now, and the policy looks at once."""
    with transaction.atomic():
        let_go(by, resident)
        return re_evaluate(resident)


def look_at_waiting(most: int = 1000) -> int:
    """Whoever has waited since a fact changed, the longest first. How many; call until 0."""
    waiting = Standing.objects.filter(waiting=True).order_by("changed_at").values_list("resident_id", flat=True)
    return _look_at(list(waiting[:most]))


def look_at_due(now: datetime, most: int = 1000) -> int:
    """Codes that follow a policy and whose `valid_until` has come: a day has ended. How many; call until 0."""
    due = Code.objects.filter(valid_until__lte=now, policy__isnull=False).order_by("valid_until")
    return _look_at(list(due.values_list("resident_id", flat=True)[:most]))


def _look_at(residents: list[int]) -> int:
    if residents:
        _look_again(residents)
    return len(residents)


def _look_again(residents: list[int], *, everybody: bool = False) -> list[Judgement]:
    """Judge and write in one transaction: no fact changes in between."""
    now = timezone.now()
    with transaction.atomic():
        seen = Standing.objects.select_for_update().filter(resident__in=residents, waiting=True)
        seen.update(waiting=False)
        judgements = list(Bench(rulebook(now), now).judge(Q(pk__in=residents), everybody=everybody))
        about = f"resident:{residents[0]}" if len(residents) == 1 else "code:many"
        follow_policy([each.decided() for each in judgements if each.moves], now, about)
        _let_run_out(residents, judgements)
    return judgements


def _let_run_out(residents: list[int], judgements: list[Judgement]) -> None:
    """Where no policy rules any more, a code that followed one runs out by itself, like any other."""
    judged = {each.resident for each in judgements}
    left = [resident for resident in residents if resident not in judged]
    Code.objects.filter(resident__in=left, policy__isnull=False).update(policy=None, by_hand=False)
