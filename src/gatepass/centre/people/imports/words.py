"""Codes of a list's rows in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.errors import SENTENCES, RefusedError

# What is wrong with a cell. Codes that are not here are those of `errors.SENTENCES`.
FAULTS: Final[dict[str, Promise]] = {
    "row_name": _("The name is missing."),
    "row_name_letters": _("This is no name: there is no letter in it, or it begins like a formula."),
    "row_number": _("The document number is missing."),
    "row_digits_lost": _(
        "The spreadsheet kept this number as a number and lost its last digits. Type it again from the document."
    ),
    "row_cell_error": _("The spreadsheet itself shows an error in this cell. Type what belongs here."),
    "row_kind": _("This kind of document is not known. Choose one of the list."),
    "row_kind_open": _("A number like this may stand on several kinds of document. Say which one it is."),
    "row_date": _("Write the date with the year first, for example 1941-03-12."),
    "row_date_range": _("This date cannot be a date of birth."),
    "row_birth_differs": _("The document number says another date of birth."),
    "row_sex": _("Write male or female, or leave it empty."),
    "row_sex_differs": _("The document number says another sex."),
    "row_nationality": _("This state is not known. Write its name, or three letters like KOR."),
    "row_language": _("This is none of the five languages. Leave it empty to go by nationality."),
    "row_site": _("There is no site of this name in your area."),
    "row_site_missing": _("Say to which site this row belongs."),
    "row_room": _("This room is not on the site's list of addresses. Enter it there, or write an address instead."),
    "row_relation": _("This relation is not known. Write for example head, wife, son, or leave it empty."),
    "row_twice": _("Row {row} of this list has the same document."),
    "row_too_long": _("This is too long: {most} characters at most."),
    "row_ends_before": _("The last day is before the first one."),
    "row_permit_half": _("A permit has a number and a last day: write both, or neither."),
    "row_place_known": _("This place is on the list of addresses already."),
}

# Why something of a row could not be done.
WHY: Final[dict[str, Promise]] = {
    "document_taken": _("Its document has been registered in the meantime."),
    "target_gone": _("The person to whom it should be added is not there any more."),
    "refused": _("Something about it was refused. Check the row again."),
    "changed": _("The person's details have been changed since."),
    "document": _("A document has been added or retired since."),
    "colour": _("The person has been given a colour since."),
    "household": _("The person has moved to another household since."),
    "photo": _("There is a photo, or a consent to one."),
    "protected": _("The person has been put under protection."),
    "merged": _("The person has been merged with another entry."),
    "gone": _("The person is not there any more."),
    "other": _("Other records point at this person by now."),
    "place_used": _("Somebody lives there by now, or other places lie in it."),
}


def fault_words(code: str, fields: Mapping[str, Any]) -> str:
    if code in FAULTS:
        return str(FAULTS[code]).format(**fields)
    if code in SENTENCES:
        return RefusedError(code, **fields).sentence
    return code


def faults_by_field(faults: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Field -> the sentence about it; the first one where there are several."""
    found: dict[str, str] = {}
    for field, code, fields in faults:
        found.setdefault(field, fault_words(code, fields))
    return found
