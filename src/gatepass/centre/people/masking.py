"""Document numbers as a page shows them: enough to compare with the card in hand, not enough to copy."""

from __future__ import annotations


def masked_number(number: str) -> str:
    """18 characters: the first 6 and the last 4 (330102********1823); others: the last 3."""
    kept_before, kept_after = (6, 4) if len(number) == 18 else (0, min(3, len(number) // 2))
    stars = len(number) - kept_before - kept_after
    return f"{number[:kept_before]}{'*' * stars}{number[len(number) - kept_after :]}"
