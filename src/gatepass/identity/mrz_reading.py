"""A machine-readable zone that somebody will look over: what it says, field by field, and which fields are in doubt.

`mrz.parse` accepts or refuses a zone as a whole, as a gate must. Here a person sits before a form: fields whose check
digits fit are filled in, those whose do not are left to them and named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gatepass.identity import mrz, numbers
from gatepass.identity.documents import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity
from gatepass.identity.mrz_forms import form_of

FIELDS: Final = ("number", "birth", "expiry", "issuer", "nationality", "names", "sex")
"""What can be in doubt. `names`, `sex` and states have no check digit: they are in doubt where they make no sense."""


@dataclass(frozen=True, slots=True)
class ZoneRead:
    """What to prefill, and the fields to look at; both by the names of `FIELDS`."""

    document: Document = field(repr=False)
    """Fields in doubt are empty in it; the number is then empty, which no document of the registry is."""
    doubtful: tuple[str, ...] = ()
    sum_wrong: bool = False
    """Each field fits its own check digit, and the one over all of them does not: a field without one is misread."""


def read_zone(text: str, *, today: date | None = None) -> ZoneRead:
    """DocumentError `mrz_layout` or `mrz_characters` where it is no zone at all."""
    try:
        return ZoneRead(mrz.parse(text, today=today))
    except DocumentError as error:
        if error.code in {"mrz_layout", "mrz_characters"} and "field" not in error.fields:
            raise
    zone = numbers.normalise(text)
    form = form_of(zone)
    wrong = {name for name, check in form.checks.items() if not check.fits(zone)}
    doubtful: set[str] = {name for name in ("number", "birth", "expiry") if name in wrong}
    facts: dict[str, object] = {}
    mended = _with_fitting_digits(zone)
    for name in FIELDS:
        value = _field_of(mended, name, today)
        if value is None:
            doubtful.add(name)
        facts[name] = None if name in doubtful else value
    birth, sex = facts["birth"], facts["sex"]
    document = Document(
        kind=form.kind,
        issuer=str(facts["issuer"] or ""),
        number=str(facts["number"] or ""),
        holder=Holder(
            latin_name=str(facts["names"] or ""),
            birth=birth if isinstance(birth, PartialDate) else None,
            sex=sex if isinstance(sex, Sex) else Sex.UNKNOWN,
            nationality=str(facts["nationality"] or ""),
        ),
        validity=Validity(None, facts["expiry"] if isinstance(facts["expiry"], date) else None),
    )
    found = tuple(name for name in FIELDS if name in doubtful)
    return ZoneRead(document, found, sum_wrong="composite" in wrong and not found)


_NEUTRAL: Final = {
    "number": "L898902C3",
    "birth": "740812",
    "expiry": "300415",
    "issuer": "UTO",
    "nationality": "UTO",
    "names": "A<<B",
    "sex": "<",
}
"""What stands in the other fields while one of them is read; ICAO's own specimen."""


def _with_fitting_digits(zone: str) -> str:
    """The zone with each check digit as its field wants it, so that `mrz.parse` says what the field itself is worth."""
    from gatepass.identity import checks

    form, letters = form_of(zone), list(zone)
    for name in sorted(form.checks, key=lambda each: each == "composite"):
        check = form.checks[name]
        letters[check.at] = checks.icao(
            "".join(letters[n] for part in check.over for n in range(*part.indices(len(zone))))
        )
    return "".join(letters)


def _field_of(zone: str, name: str, today: date | None) -> object | None:
    """One field of a zone whose other fields may be nonsense; None where it makes no sense itself."""
    form, letters = form_of(zone), list(zone)
    for other, text in _NEUTRAL.items():
        where = getattr(form, other)
        if other == name or where is None:
            continue
        start, stop = (where, where + 1) if isinstance(where, int) else (where.start, where.stop)
        if other == "number" and form.kind in {DocumentKind.HKM_PERMIT, DocumentKind.TAIWAN_PERMIT}:
            continue
        letters[start:stop] = text.ljust(stop - start, "<")[: stop - start]
    try:
        found = mrz.parse(_with_fitting_digits("".join(letters)), today=today)
    except DocumentError:
        return None
    return {
        "number": found.number,
        "birth": found.holder.birth,
        "expiry": found.validity.last,
        "issuer": found.issuer,
        "nationality": found.holder.nationality,
        "names": found.holder.latin_name,
        "sex": found.holder.sex,
    }[name]
