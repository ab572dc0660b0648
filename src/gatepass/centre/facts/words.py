"""What a fact says, in words: its fields and their values. A test compares the lists with `policy.colours.facts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

FIELDS: Final[dict[str, Promise]] = {
    "symptoms": _("Symptoms"),
    "temperature": _("Temperature in tenths of a degree"),
    "contact": _("Was near somebody ill"),
    "travelled": _("Has travelled"),
    "tenths": _("Temperature in tenths of a degree"),
    "region": _("Region"),
    "transit": _("Changed trains only"),
    "origin": _("Where the journey began"),
    "port": _("Where the border was crossed"),
    "degree": _("How near"),
    "method": _("Kind of test"),
    "result": _("Result"),
    "pathogen": _("Illness"),
    "against": _("Against"),
    "dose": _("Number of the dose"),
    "complete": _("Completes the series"),
    "status": _("Diagnosis"),
    "form": _("Where"),
    "role": pgettext_lazy("at a site", "Role"),
    "of": _("Need not show"),
}

HELP: Final[dict[str, Promise]] = {
    "temperature": _("For example 365 for 36.5 °C."),
    "tenths": _("For example 365 for 36.5 °C."),
    "region": _("The number of a province, city or district, for example 420100, or a country as KOR."),
    "origin": _("A country as three letters, for example KOR."),
}

VALUES: Final[dict[str, Promise]] = {
    "fever": _("fever"),
    "cough": _("cough"),
    "sore_throat": _("sore throat"),
    "runny_nose": _("runny nose"),
    "breathless": _("short of breath"),
    "fatigue": _("tired"),
    "muscle_pain": _("aching muscles"),
    "taste_smell": _("no taste or smell"),
    "diarrhoea": _("diarrhoea"),
    "vomiting": _("vomiting"),
    "rash": _("rash"),
    "other": _("other"),
    "household": _("lives together"),
    "close": _("close"),
    "cohort": _("same ward or class"),
    "venue": _("same place and time"),
    "secondary": _("met a close contact"),
    "pcr": _("PCR"),
    "antigen": _("antigen"),
    "antibody": _("antibodies"),
    "positive": _("positive"),
    "negative": _("negative"),
    "invalid": _("invalid"),
    "pending": _("not known yet"),
    "sars_cov_2": _("COVID-19"),
    "influenza": _("influenza"),
    "rsv": _("RSV"),
    "pneumococcus": _("pneumococci"),
    "confirmed": _("confirmed"),
    "asymptomatic": _("without symptoms"),
    "suspected": _("suspected"),
    "hospital": _("in hospital"),
    "central": _("at a designated place"),
    "home": _("at home"),
    "monitoring": _("health monitoring"),
    "resident": _("lives here"),
    "staff": _("works here"),
    "visitor": _("visitor"),
    "supplier": _("supplier"),
    "crew": _("crew"),
    "test": _("a test"),
    "vaccination": _("a vaccination"),
    "declaration": _("a declaration"),
}


def in_words(data: Mapping[str, Any]) -> str:
    """What the fact says, without what it leaves out: `PCR, negative, COVID-19`."""
    said = []
    for name, value in data.items():
        if value is True:
            said.append(str(FIELDS[name]))
        elif name in {"temperature", "tenths"} and value is not None:
            said.append(f"{value / 10:.1f} °C")
        elif name == "dose":
            said.append(gettext("dose %(number)s") % {"number": value})
        elif isinstance(value, list):
            said += [str(VALUES.get(each, each)) for each in value]
        elif value not in {None, False, ""}:
            said.append(str(VALUES.get(value, value)))
    return ", ".join(said)
