"""How often Python's collector of garbage looks, in the centre and in whatever measures it. Needs no settings."""

from __future__ import annotations

from typing import Final

COLLECT_AFTER: Final = (50_000, 5, 50)
"""A request makes a few dozen objects that end with it: the collector need not look after each 700 (the default).

What outlived one look is looked at after five: after twenty it took a fifth of a second, in which everybody waits.
"""
