"""Monday at the east gate: Wang comes with Li, passes Sun, and a stranger follows; Zhao lives with her."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from tests.cast import LI, STRANGER, SUN, WANG, ZHAO
from tests.centre.passages.conftest import keep  # noqa: F401
from tests.centre.passages.contract import at, record
from tests.centre.tracing.things import opened, tracers

from gatepass.centre import keys
from gatepass.centre.accounts.models import User
from gatepass.centre.people.access import key_of
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.actions import create_gate
from gatepass.centre.sites.models import Gate
from gatepass.centre.tracing.models import Case, Contact
from gatepass.policy import Outcome
from gatepass.wire.sealing import seal


@dataclass
class Monday:
    wang: Resident
    li: Resident
    sun: Resident
    zhao: Resident
    side: Gate
    one: User
    other: User
    case: Case

    def contact(self, of: Resident | None) -> Contact:
        """The row of a resident; None: of the stranger."""
        return Contact.objects.get(case=self.case, resident=of, step__gt=0)


@pytest.fixture
def people(town: Any) -> dict[str, Resident]:
    """Registered long before; Wang and Zhao live in one household."""
    homes = {"wang": (WANG, "H1"), "zhao": (ZHAO, "H1"), "li": (LI, ""), "sun": (SUN, "H2")}
    return {
        name: register_resident(
            None, Registration(who.document, site=town.estate.pk, phone="13800012345", household=household)
        )
        for name, (who, household) in homes.items()
    }


@pytest.fixture
def monday(town: Any, keep: Callable[..., None], people: dict[str, Resident]) -> Monday:  # noqa: F811
    key = {who.name: key_of(who.document) for who in (WANG, LI, SUN, ZHAO, STRANGER)}
    side = create_gate(None, town.estate, "西门", "out")
    sealed = seal(keys.tracing_public_key(settings.KEYS_DIR), STRANGER.document)
    keep(
        town.east,
        record(1, at(8), key[WANG.name]),
        record(2, at(8, 0, 30), key[LI.name]),
        record(3, at(8, 5), key[STRANGER.name], outcome=Outcome.HOLD, reasons=("unknown",), sealed=sealed),
        record(4, at(8, 8), key[SUN.name]),
        record(5, at(8, 30), key[LI.name]),
        record(6, at(18), key[WANG.name]),
    )
    keep(
        side,
        record(1, at(9), key[WANG.name], direction="out"),
        record(2, at(9, 1), key[LI.name], direction="out"),
        record(3, at(12), key[LI.name], direction="out"),
        record(4, at(12, 1), key[SUN.name], direction="out"),
    )
    one, other = tracers()
    case = opened(WANG.document)
    return Monday(**people, side=side, one=one, other=other, case=case)
