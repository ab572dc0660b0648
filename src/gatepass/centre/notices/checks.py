"""What is said against a text before somebody reviews it: figures, words of the glossary, lengths. In words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gatepass.centre.notices.access import language_of
from gatepass.centre.notices.figures import Difference, differences
from gatepass.centre.notices.glossary import Slip, Term, merged, slips
from gatepass.centre.notices.lengths import SCREEN_MOST, columns, sms_segments
from gatepass.centre.notices.models import TownTerm, Translation
from gatepass.centre.notices.ready_made import Text
from gatepass.languages import Language

KINDS: dict[str, Promise] = {
    "date": gettext_lazy("Date"),
    "time": gettext_lazy("Time"),
    "weekday": gettext_lazy("Day of the week"),
    "phone": gettext_lazy("Telephone number"),
    "amount": gettext_lazy("Figure"),
}


@dataclass(frozen=True, slots=True)
class Findings:
    figures: tuple[Difference, ...]
    terms: tuple[Slip, ...]
    segments: int
    """Text messages that the sentence takes."""
    too_wide: int
    """Columns by which the sentence is too long for a screen; 0: it fits."""

    @property
    def sentences(self) -> list[str]:
        """Everything in words, in the active language."""
        said = [figure_in_words(one) for one in self.figures]
        said += [term_in_words(one) for one in self.terms]
        if self.too_wide:
            said.append(_("The sentence is too long for the screens at the gates: it is shown in small letters there."))
        return said


def check(translation: Translation) -> Findings:
    """The stored text against its source."""
    source, text = translation.revision, translation
    return findings(
        Text(source.title, source.short, source.body),
        language_of(translation.notice.language),
        Text(text.title, text.short, text.body),
        language_of(translation.language),
    )


def findings(source: Text, ours: Language, text: Text, theirs: Language) -> Findings:
    """Part by part: a figure that moved from the text into the title is missed where it was."""
    figures: list[Difference] = []
    for part in ("title", "short", "body"):
        for one in differences(getattr(source, part), ours, getattr(text, part), theirs) if ours != theirs else ():
            if one not in figures:
                figures.append(one)
    said, wanted = f"{text.title}\n{text.short}\n{text.body}", f"{source.title}\n{source.short}\n{source.body}"
    found = slips(town_terms(), wanted, ours, said, theirs)
    return Findings(tuple(figures), tuple(found), sms_segments(text.short), max(0, columns(text.short) - SCREEN_MOST))


def town_terms() -> list[Term]:
    """The town's own words, then the shipped ones."""
    return merged(Term(row.words, row.avoid) for row in TownTerm.objects.all())


def figure_in_words(one: Difference) -> str:
    kind = str(KINDS[one.kind])
    if one.source and one.target:
        said = _("%(kind)s: the source says “%(source)s”, this text says “%(target)s”.")
    elif one.source:
        said = _("%(kind)s: “%(source)s” stands in the source and not here.")
    else:
        said = _("%(kind)s: “%(target)s” stands here and not in the source.")
    return said % {"kind": kind, "source": one.source, "target": one.target}


def term_in_words(one: Slip) -> str:
    if one.instead:
        said = _("Word: for “%(source)s” this house says “%(wanted)s”, not “%(instead)s”.")
    else:
        said = _("Word: “%(source)s” stands in the source; “%(wanted)s” is missing here.")
    return said % {"source": one.source, "wanted": one.wanted, "instead": one.instead}
