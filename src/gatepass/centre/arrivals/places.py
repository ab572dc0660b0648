"""Countries, their time zones, and days in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import format_interval, get_timezone_location
from django.conf import settings
from django.utils.translation import get_language

from gatepass.identity.states import ALPHA_3_OF

_LOCALES: Final = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en_GB", "ko": "ko", "ja": "ja"}
# Where most people of a country with several zones live; the others choose theirs.
_CHIEF: Final[Mapping[str, str]] = {
    "USA": "America/New_York", "CAN": "America/Toronto", "MEX": "America/Mexico_City", "BRA": "America/Sao_Paulo",
    "ARG": "America/Argentina/Buenos_Aires", "CHL": "America/Santiago", "RUS": "Europe/Moscow",
    "AUS": "Australia/Sydney", "NZL": "Pacific/Auckland", "IDN": "Asia/Jakarta", "KAZ": "Asia/Almaty",
    "MNG": "Asia/Ulaanbaatar", "MYS": "Asia/Kuala_Lumpur", "UZB": "Asia/Tashkent", "PRT": "Europe/Lisbon",
    "ESP": "Europe/Madrid", "FRA": "Europe/Paris", "DEU": "Europe/Berlin", "CHN": "Asia/Shanghai",
    "UKR": "Europe/Kiev", "CYP": "Asia/Nicosia", "ECU": "America/Guayaquil", "COD": "Africa/Kinshasa",
    "PNG": "Pacific/Port_Moresby", "PYF": "Pacific/Tahiti", "KIR": "Pacific/Tarawa", "FSM": "Pacific/Pohnpei",
    "MHL": "Pacific/Majuro", "GRL": "America/Nuuk", "PSE": "Asia/Gaza",
}  # fmt: skip
_ONE_TIME: Final = frozenset({"CHN", "DEU", "CYP", "PSE", "UKR", "ARG", "MYS", "UZB"})
"""Several zones in the database, one time today."""


@cache
def _known() -> frozenset[str]:
    """The library reads the disk at each call: some hundred of them are seconds."""
    return frozenset(available_timezones())


@cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    alpha_2 = {code: state for state, code in _alpha_2_of().items()}
    found: dict[str, list[str]] = {}
    for zone, territory in get_global("zone_territories").items():
        if territory in alpha_2 and zone in _known():
            found.setdefault(alpha_2[territory], []).append(zone)
    return {state: tuple(sorted(zones)) for state, zones in found.items()}


@cache
def _alpha_2_of() -> Mapping[str, str]:
    aliases = get_global("territory_aliases")
    return {state: aliases[state][0] for state in ALPHA_3_OF.values() if state in aliases}


def zones_of(country: str) -> tuple[str, ...]:
    """The zones of a country that has several times; empty where there is nothing to choose."""
    zones = _zones().get(country, ())
    return () if len(zones) < 2 or country in _ONE_TIME else zones


def chief_zone(country: str) -> str:
    """By which days are counted there unless another is chosen; the town's zone for a country that has none."""
    zones = _zones().get(country, ())
    chief = _CHIEF.get(country, "")
    return chief if chief in _known() else next(iter(zones), "UTC")


def own_country() -> str:
    """The town's, as three letters: whoever was nowhere else does not come from abroad."""
    alpha_2 = settings.CONFIGURATION.country
    return next(state for state, code in _alpha_2_of().items() if code == alpha_2)


def zone_word(zone: str) -> str:
    """`New York`: the city that a zone is named after."""
    return _zone_word(zone, _locale())


@cache
def _zone_word(zone: str, locale: str) -> str:
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)


def days_in_words(first: date, last: date, *, year: bool = False) -> str:
    """`10–12 Mar`, `3月10日至12日`; with the year where it is asked for or where the days lie in two of them."""
    skeleton = "yMMMd" if year or first.year != last.year else "MMMMd"
    return format_interval(first, last, skeleton, locale=_locale())


def _locale() -> str:
    return _LOCALES.get(get_language() or "", "en_GB")
