"""What kiosk and desk show of a holder. Names as such live in memory only, and for ten minutes at most."""

from __future__ import annotations

from gatepass.identity import Document, Holder, Sex
from gatepass.identity.masking import mask_name, mask_number
from gatepass.languages import Language

_TITLES: dict[Language, dict[Sex, str]] = {
    "zh-Hans": {Sex.FEMALE: " 女士", Sex.MALE: " 先生"},
    "zh-Hant": {Sex.FEMALE: " 女士", Sex.MALE: " 先生"},
    "en": {},
    "ko": dict.fromkeys(Sex, " 님"),
    "ja": dict.fromkeys(Sex, " 様"),
}


def holder_name(holder: Holder) -> str:
    """The masked name as the holder writes it; the Latin one where that is the only one."""
    return mask_name(holder.native_name or holder.latin_name)


def greeting(holder: Holder, language: Language) -> str:
    """What the kiosk may show: 王* 女士. Empty where the document names nobody."""
    name = holder_name(holder)
    return name + _TITLES[language].get(holder.sex, "") if name else ""


def number(document: Document) -> str:
    return mask_number(document.kind, document.number)
