"""The only ways to policies, runs and explanations: each takes the asking user, or the resident's own code."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.codes.models import Code, CodeChange, Reason
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.policies.in_force import prepared
from gatepass.centre.policies.models import PolicyVersion, Run
from gatepass.identity.masking import mask_name
from gatepass.languages import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Explanation:
    """A colour in plain words, to the person whose it is. Without a policy only the title is known."""

    title: str
    why: str = ""
    next: str = ""
    objection: str = ""


def explanation(code: Code | CodeChange, language: str) -> Explanation:
    """Why somebody has this colour, what they do next, and how they object; `language` as settings.LANGUAGES has it."""
    if not code.reason:
        return Explanation("")
    if code.policy is None or code.by_hand:
        return Explanation(str(Reason(code.reason).label))
    policy = prepared(code.policy.source)
    if code.reason not in policy.file.reasons:
        return Explanation(str(Reason(code.reason).label))
    return Explanation(**policy.texts(code.reason, language_of(language)))


def language_of(code: str) -> Language:
    """zh-hans, as Django writes it, or zh-Hans: the language of a policy's texts."""
    for language in LANGUAGES:
        if language.lower() == code.lower():
            return language
    return "en"


def access_versions(user: User, page: str = "policies") -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.all() if may_open(user, page) else PolicyVersion.objects.none()


def access_version(user: User, version: int, page: str = "policy_version") -> PolicyVersion:
    found = access_versions(user, page).filter(pk=version).first()
    if found is None:
        raise Http404
    return found


def access_runs(user: User, page: str = "policies") -> QuerySet[Run]:
    return Run.objects.select_related("version", "site") if may_open(user, page) else Run.objects.none()


def access_run(user: User, run: int, page: str = "policy_run") -> Run:
    found = access_runs(user, page).filter(pk=run).first()
    if found is None:
        raise Http404
    return found


def masked_people(user: User, residents: list[int], page: str = "policy_run") -> dict[int, tuple[str, str]]:
    """Resident -> masked name and site, for the examples of a report: enough to see whom it would hit, not who.

    Protected people are left out: an administrator is not named for them.
    """
    if not may_open(user, page):
        return {}
    shown = Resident.objects.filter(pk__in=residents).exclude(pk__in=hidden_from(user))
    rows = shown.values_list("pk", "full_name", "latin_name", "site__name")
    return {key: (mask_name(name or latin), site) for key, name, latin, site in rows}
