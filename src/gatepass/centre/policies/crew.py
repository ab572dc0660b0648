"""The beginning of a judging process. It imports no model: Django is set up here, and only then may anybody do so."""

from __future__ import annotations

import os


def set_up() -> None:
    """Django with the same settings, by the environment that the process has inherited; gates and staff come first."""
    import django

    os.nice(5)
    django.setup()
