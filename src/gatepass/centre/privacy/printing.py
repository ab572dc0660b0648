"""What is held about one person as PDF: the same sheet for a phone and for the desk."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gatepass.centre.codes.papers.printing import compiler, letters
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy.held import held, looks


def held_pdf(resident: Resident, *, passages: bool) -> bytes:
    """In the active language. `PaperError` where this machine has no letters for it."""
    facts: dict[str, Any] = {
        **letters(active_language()),
        "town": settings.CONFIGURATION.town,
        "made": date_format(timezone.localtime(), "Y-m-d H:i"),
        "title": _("What is held about you"),
        "intro": _(
            "Made on request. Whoever finds this paper is asked to give it back to the person or to the office."
        ),
        "sections": [
            {
                "title": section.title,
                "purpose": section.purpose,
                "basis": section.basis,
                "kept": _("kept: %(time)s") % {"time": section.kept},
                "lines": section.lines,
            }
            for section in held(resident, passages=passages)
        ],
        "looked": _("Who looked"),
        "nobody": _("Nobody has opened your data."),
        "looks": [
            [date_format(timezone.localtime(look.at), "Y-m-d H:i"), look.who, look.why] for look in looks(resident)
        ],
    }
    return _compile(facts)


def _compile(facts: dict[str, Any]) -> bytes:
    made = compiler().compile(
        input=_template(), sys_inputs={"facts": json.dumps(facts)}, format="pdf", pdf_standards=["ua-1"]
    )
    # One document, one file: a list is only given for pictures of pages.
    return made if isinstance(made, bytes) else b"".join(made or ())


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("held.typ").read_bytes()
