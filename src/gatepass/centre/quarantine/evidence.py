"""What a criterion asks for and what was found, in words, from the plain values that a release has stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gatepass.centre.quarantine.models import Quarantine
from gatepass.centre.quarantine.words import end_words, temperature

Told = dict[str, Any]
Words = tuple[str, str]
"""(the criterion as a sentence, what was found)"""


def finding_words(finding: Told, case: Quarantine) -> Words:
    """`finding` as `criteria.Finding.stored` gave it; a code of rules that are gone stands as it is."""
    said = _SAID.get(finding["code"])
    return said(finding["evidence"], case) if said else (finding["code"], "")


def _period_over(told: Told, case: Quarantine) -> Words:
    end = end_words(datetime.fromisoformat(told["ends"]), case.civil)
    return _("The period is over"), _("Ends %(end)s") % {"end": end}


def _no_fever(told: Told, _case: Quarantine) -> Words:
    asked = ngettext("No fever in the last %(n)d day", "No fever in the last %(n)d days", told["days"])
    found = ngettext(
        "%(n)d measurement, the highest %(degrees)s", "%(n)d measurements, the highest %(degrees)s", told["count"]
    )
    return asked % {"n": told["days"]}, found % {"n": told["count"], "degrees": temperature(told["highest"])}


def _no_symptoms(told: Told, _case: Quarantine) -> Words:
    asked = ngettext("No symptoms in the last %(n)d day", "No symptoms in the last %(n)d days", told["days"])
    found = ngettext("%(n)d report tells symptoms", "%(n)d reports tell symptoms", told["count"])
    return asked % {"n": told["days"]}, found % {"n": told["count"]}


def _no_positive_test(told: Told, _case: Quarantine) -> Words:
    found = ngettext(
        "%(n)d positive test since the beginning", "%(n)d positive tests since the beginning", told["count"]
    )
    return _("No positive test"), found % {"n": told["count"]}


def _negative_tests(told: Told, case: Quarantine) -> Words:
    asked = ngettext(
        "%(n)d negative PCR test of the last %(days)d days, %(hours)d hours apart",
        "%(n)d negative PCR tests of the last %(days)d days, %(hours)d hours apart",
        told["wanted"],
    )
    moments = [datetime.fromisoformat(one).astimezone(case.civil).strftime("%m-%d %H:%M") for one in told["moments"]]
    wanted = {"n": told["wanted"], "days": told["days"], "hours": told["hours"]}
    return asked % wanted, ", ".join(moments) or _("None in these days")


def _reported(told: Told, _case: Quarantine) -> Words:
    asked = _("At least %(percent)d %% of the reports came") % {"percent": told["asked"]}
    return asked, _("%(count)d of %(wanted)d reports, %(percent)d %%") % told


def _no_open_breach(told: Told, _case: Quarantine) -> Words:
    found = ngettext("%(n)d to be looked at", "%(n)d to be looked at", told["count"])
    return _("Nothing about leaving the home is left open"), found % {"n": told["count"]}


_SAID: Final[dict[str, Callable[[Told, Quarantine], Words]]] = {
    "period_over": _period_over,
    "no_fever": _no_fever,
    "no_symptoms": _no_symptoms,
    "no_positive_test": _no_positive_test,
    "negative_tests": _negative_tests,
    "reported": _reported,
    "no_open_breach": _no_open_breach,
}
