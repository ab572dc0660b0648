"""One of each thing that a page of policies and facts can name, for the table of URLs and roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gatepass.centre.facts.actions import record_fact
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.actions import ask_for_dry_run, write_version
from gatepass.centre.policies.models import PolicyVersion, Term
from gatepass.policy.colours import FactKind, shipped

_OF_A_VERSION = (
    *("policy_version", "policy_file", "policy_edit", "policy_compare", "policy_state", "policy_schedule"),
    "policy_dry_run",
)
KINDS = {
    **dict.fromkeys(_OF_A_VERSION, "policy_version"),
    **dict.fromkeys(("policy_run", "policy_run_progress", "policy_run_export", "policy_run_cancel"), "policy_run"),
    **{name: name for name in ("policy_term_cancel", "policy_site_end")},
    **dict.fromkeys(("resident_facts", "resident_facts_export", "colour_by_policy"), "resident"),
    **dict.fromkeys(("fact_end", "fact_withdraw"), "fact"),
}


def things_of_policies(near: Resident, far: Resident) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    now = timezone.now()
    version = write_version(None, shipped()["community-2020"])
    approved = PolicyVersion.objects.create(
        policy="other", number=1, source=version.source, state="approved", created_at=now, changed_at=now
    )
    term = Term.objects.create(version=approved, effective_from=now + timedelta(days=1), ordered_at=now)
    run = ask_for_dry_run(None, version)
    fact, far_fact = (
        record_fact(None, person, FactKind.QUARANTINE, now, data={"form": "home"}) for person in (near, far)
    )
    return {
        "policy_version": ({"version": version.pk}, {}),
        "policy_run": ({"run": run.pk}, {}),
        "policy_term_cancel": ({"term": term.pk}, {}),
        "policy_site_end": ({"site": near.site_id}, {}),
        "fact": ({"fact": fact.pk}, {"fact": far_fact.pk}),
    }
