"""Names for people without a name: a letter and three digits, drawn by lot, another one in every case."""

from __future__ import annotations

import secrets
from typing import Final

from gatepass.centre.tracing.models import Case, Contact

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without I, L and O, which read like digits."""


def fresh_codes(case: Case, count: int) -> list[str]:
    """Codes that the case does not have yet, e.g. K407. There are 23,000; a case holds `finding.MOST` a trace."""
    there = set(Contact.objects.filter(case=case).values_list("code", flat=True))
    fresh: list[str] = []
    while len(fresh) < count:
        code = f"{secrets.choice(LETTERS)}{secrets.randbelow(1000):03d}"
        if code not in there:
            there.add(code)
            fresh.append(code)
    return fresh
