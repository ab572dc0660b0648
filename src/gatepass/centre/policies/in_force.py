"""Which version rules where, at a moment: the newest term that has come, of the site itself before that of the town."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from gatepass.centre.policies.models import PolicyVersion, Term
from gatepass.centre.sites.models import Site
from gatepass.policy.colours import Policy, read_policy


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a process needs to judge anybody: plain values, so that it can be sent to another process."""

    version_of: dict[int | None, int]
    """Site -> version; None for every other site. A site that is missing, where None is missing too, has no policy."""
    source: dict[int, str]
    """Version -> its file."""
    zone_of: dict[int, str]
    """Site -> time zone of the IANA database, where it is not the town's."""
    town_zone: str

    def version_for(self, site: int) -> int | None:
        return self.version_of.get(site, self.version_of.get(None))

    def zone_for(self, site: int) -> ZoneInfo:
        return ZoneInfo(self.zone_of.get(site, self.town_zone))

    def policy(self, version: int) -> Policy:
        return prepared(self.source[version])


@lru_cache(maxsize=16)
def prepared(source: str) -> Policy:
    """The policy of a stored file, which was without findings when it was stored."""
    return read_policy(source)


def rulebook(at: datetime) -> Rulebook:
    """What rules at this moment, terms that are announced for later left out."""
    terms = terms_in_force(at)
    return _rulebook({site: term.version_id for site, term in terms.items() if term.version_id is not None})


def trial(version: PolicyVersion, site: int | None, at: datetime) -> Rulebook:
    """What would rule if this version did: at one site, or wherever no site has a policy of its own."""
    terms = terms_in_force(at)
    version_of = {each: term.version_id for each, term in terms.items() if term.version_id is not None}
    return _rulebook({**version_of, site: version.pk})


def terms_in_force(at: datetime) -> dict[int | None, Term]:
    """Site (None: the town) -> the term that rules there. A site whose newest term has no version is as the town."""
    newest: dict[int | None, Term] = {}
    come = Term.objects.filter(effective_from__lte=at, cancelled_at__isnull=True)
    for term in come.select_related("version").order_by("effective_from", "id"):
        newest[term.site_id] = term
    return {site: term for site, term in newest.items() if site is None or term.version_id is not None}


def _rulebook(version_of: dict[int | None, int]) -> Rulebook:
    versions = PolicyVersion.objects.filter(pk__in=set(version_of.values()))
    own_zone = Site.objects.filter(~Q(time_zone="")).values_list("pk", "time_zone")
    return Rulebook(version_of, dict(versions.values_list("pk", "source")), dict(own_zone), settings.TIME_ZONE)


def ruled_sites(rules: Rulebook) -> Iterable[int] | None:
    """The sites that have a policy; None: all of them."""
    return None if None in rules.version_of else [site for site in rules.version_of if site is not None]
