from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gatepass.centre.audit.models import Entry
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy.categories import BASES, CATEGORIES, kept_in_words
from gatepass.centre.privacy.held import LOOKS
from gatepass.centre.privacy.inventory import inventory
from gatepass.centre.privacy.models import Erasure, Request
from gatepass.centre.privacy.purge import VERBS
from gatepass.centre.privacy.suppression import Cell, K

PERIOD = timedelta(days=30)
FIGURES_LIVE_S = 300
"""Anybody may ask, as often as they like: counting is done once in five minutes."""


@require_GET
def transparency(request: HttpRequest) -> HttpResponse:
    """For everybody, without a log-in: what is kept, why, how long, how many looked, how many were erased."""
    context = {"reasons": _reasons(), "figures": _figures(), "days": PERIOD.days, "now": timezone.now()}
    return render(request, "privacy/transparency.html", context)


def _reasons() -> list[dict[str, Any]]:
    """Each reason with the times that its tables are kept; what is not about people is left out."""
    found = []
    for name, category in CATEGORIES.items():
        tables = [table for table in inventory().values() if table.category == name]
        if category.basis != "none" and tables:
            kept = dict.fromkeys(word for table in tables for word in kept_in_words(table))
            found.append(
                {
                    "title": category.title,
                    "purpose": category.purpose,
                    "basis": BASES[category.basis],
                    "kept": list(kept),
                }
            )
    return found


def _figures() -> dict[str, str]:
    """Small ones are hidden: in a village, one erasure has a name."""
    known = cache.get("transparency")
    if known is None:
        since = int((timezone.now() - PERIOD).timestamp() * 1000)
        recent = Entry.objects.filter(at__gte=since)
        gone = recent.filter(verb__in=VERBS).values_list("fields", flat=True)
        counts = {
            "residents": Resident.objects.filter(merged_into=None).count(),
            "looked": recent.filter(verb__in=LOOKS).count(),
            "forgotten": sum(int(fields.get("count", 0)) for fields in gone),
            "asked": Request.objects.filter(sent_at__gte=timezone.now() - PERIOD).count(),
            "erased": Erasure.objects.filter(state=Erasure.State.DONE).count(),
            "erasing": Erasure.objects.exclude(state=Erasure.State.DONE).count(),
        }
        known = {name: str(Cell(None, K) if 0 < count < K else Cell(count)) for name, count in counts.items()}
        cache.set("transparency", known, FIGURES_LIVE_S)
    return dict(known)
