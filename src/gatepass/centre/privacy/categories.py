"""Why something is kept, in words that a resident understands; and what the other words of the inventory mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gatepass.centre.privacy.inventory import Rule, Table

BASES: Final[dict[str, Promise]] = {
    "emergency": _("Protection of public health in an emergency (PIPL, article 13 (4))"),
    "duty": _("A duty laid down by law (PIPL, article 13 (3))"),
    "consent": _("Your consent, which you can take back (PIPL, article 13 (1))"),
    "employment": _("Work: your employer must know who works there (PIPL, article 13 (2))"),
    "none": _("Not about people"),
}


@dataclass(frozen=True, slots=True)
class Category:
    title: Promise
    purpose: Promise
    basis: str
    """A key of `BASES`."""


CATEGORIES: Final[dict[str, Category]] = {
    "identity": Category(
        _("Who you are"),
        _(
            "So that the gate knows that a card belongs to somebody who lives or works here, "
            "and takes nobody for another."
        ),
        "emergency",
    ),
    "contact": Category(
        _("How you are reached"),
        _("So that somebody can call you when your code changes, or when you need help."),
        "emergency",
    ),
    "household": Category(
        _("With whom you live"),
        _("So that those who live with a sick person are told and looked after first."),
        "emergency",
    ),
    "photo": Category(
        _("Your photo"), _("So that the guard can compare a face. Nobody needs to have one stored."), "consent"
    ),
    "colour": Category(
        _("Your health code"),
        _("So that the gate can answer whether you may come in. The gate knows the colour and never the reason."),
        "emergency",
    ),
    "facts": Category(
        _("What the colour rests on"),
        _("Declarations, tests, stays, contacts and quarantine: from these the policy works out the colour."),
        "emergency",
    ),
    "quarantine": Category(
        _("Quarantine"),
        _(
            "So that you are looked after while you stay at home, and released on the day it ends. "
            "The notice of release can be checked as long as this is kept."
        ),
        "emergency",
    ),
    "passages": Category(
        _("When you passed a gate"),
        _("So that those who met a sick person can be found. Kept under a number instead of your name."),
        "emergency",
    ),
    "tracing": Category(
        _("Tracing cases"),
        _(
            "Who may have met a sick person, under codes instead of names. "
            "Two people open a case, and it ends by itself."
        ),
        "emergency",
    ),
    "sealed": Category(
        _("Sealed details of people who are not registered"),
        _("Only an open tracing case can unseal them, and that is on record."),
        "emergency",
    ),
    "account": Category(_("Your log-in"), _("So that you can see and show your code on your own phone."), "consent"),
    "mandates": Category(
        _("Who acts for you"), _("So that a relative or social worker may act for you, and nobody else."), "consent"
    ),
    "applications": Category(
        _("Applications"), _("So that the office can decide about a code and say why."), "emergency"
    ),
    "appeals": Category(
        _("Objections"), _("So that what is wrong is put right, and you get an answer in time."), "duty"
    ),
    "papers": Category(
        _("Paper codes and codes on phones"), _("So that a lost paper or phone can be made void."), "emergency"
    ),
    "arrivals": Category(
        _("Your arrival"),
        _("So that the community expects you, and the days before you came are accounted for."),
        "emergency",
    ),
    "employment": Category(
        _("What your employer enters"),
        _(
            "So that a company answers for its foreign colleagues. "
            "The company sees nothing of what the community knows."
        ),
        "employment",
    ),
    "visits": Category(
        _("Visitors and invitations"),
        _("So that the gate lets in whom you expect, and it is known who was in the house when somebody falls ill."),
        "emergency",
    ),
    "helping": Category(
        _("Help by volunteers and interpreters"),
        _("So that somebody who speaks your language comes, calls or answers, and the hours they give are counted."),
        "consent",
    ),
    "lists": Category(
        _("Lists under way"), _("Spreadsheets that are being entered; their rows go afterwards."), "emergency"
    ),
    "messages": Category(
        _("Messages on their way"),
        _("What was said goes as soon as it is sent; that it was sent stays for a while."),
        "emergency",
    ),
    "questions": Category(
        _("What you asked the desk"),
        _("So that a person answers you in time and in your language, and you can read the answer again."),
        "consent",
    ),
    "rights": Category(
        _("What you asked for here"),
        _("So that requests to object, correct or erase are answered in time, and erasing can be proved."),
        "duty",
    ),
    "audit": Category(
        _("Who did what"),
        _("So that you can ask who looked at your data. Nothing of it can be changed; you stand in it as a number."),
        "duty",
    ),
    "staff": Category(_("Staff accounts"), _("So that only people with a duty here open these pages."), "duty"),
    "security": Category(_("Safety of the system"), _("So that guessing numbers and passwords is noticed."), "duty"),
    "statistics": Category(_("Counts"), _("How many people passed, without saying who."), "none"),
    "notices": Category(_("Notices"), _("What everybody may read, and who of the staff wrote it."), "none"),
    "operation": Category(_("Sites, gates and rules"), _("What the system runs on."), "none"),
}

SENSITIVITY: Final[dict[str, Promise]] = {
    "identity": _("says who somebody is"),
    "contact": _("where somebody is reached, and who belongs to them"),
    "health": _("health"),
    "location": _("where somebody was"),
    "pseudonym": _("a number instead of a name"),
    "secret": _("a secret or its fingerprint"),
    "staff": _("about staff"),
    "plain": _("about nobody"),
}

KEPT: Final[dict[str, Promise]] = {
    "registered": _("as long as you are registered"),
    "account": _("as long as you have the log-in"),
    "employed": _("as long as the account exists"),
    "audit": _("always; you stand in it as a number"),
    "queue": _("for seconds, until it has been dealt with"),
    "journal": _("as long as the machine's own log; no name and no number is written there"),
    "town": _("as long as the system runs"),
}


def kept_in_words(table: Table) -> list[str]:
    """How long rows of a table stay; one sentence for each rule."""
    if isinstance(table.keep, str):
        return [str(KEPT[table.keep])]
    return [rule_in_words(rule) for rule in table.keep]


def rule_in_words(rule: Rule) -> str:
    days = rule.period.days
    if not days:
        return str(_("until it is over"))
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
