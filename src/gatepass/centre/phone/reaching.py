"""By which ways residents are told something: whoever acts for them, or for whom nobody acts their own telephone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

import phonenumbers
from django.conf import settings

from gatepass.centre.mandates.access import in_force
from gatepass.centre.mandates.models import Mandate, Relation
from gatepass.centre.people.models import Phone
from gatepass.centre.sending.models import Channel

_NUMBERS: Final = (Phone.Purpose.OWN, Phone.Purpose.RELATIVE, Phone.Purpose.HOME)


class Somebody(Protocol):
    """A resident, or as much of one as is needed here."""

    @property
    def pk(self) -> int: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Way:
    """One address at which a message arrives, and in which language it is read."""

    channel: Channel
    address: str = field(repr=False)
    language: str
    has_page: bool
    """Whoever reads it has a log-in for the resident's page; else the message must say what to do without one."""
    own: bool = True
    """The person's own; False: somebody who acts for them."""


def ways_to(residents: Collection[Somebody], *, to_helpers: bool = False) -> dict[int, list[Way]]:
    """Primary key -> every way; none where nobody is reached so. Three queries, however many residents.

    `to_helpers`: only to whoever acts for them.
    """
    ways: dict[int, list[Way]] = defaultdict(list)
    everybody = {resident.pk: resident for resident in residents}
    mandates = Mandate.objects.filter(in_force(), resident__in=everybody, applicant__isnull=False)
    for mandate in mandates.select_related("applicant"):
        applicant = mandate.applicant
        assert applicant is not None
        own = mandate.relation == Relation.SELF
        ways[mandate.resident_id].append(
            Way(Channel(applicant.channel), str(applicant.contact), applicant.language, has_page=True, own=own)
        )
    alone = {pk: resident for pk, resident in everybody.items() if pk not in ways}
    phones = Phone.objects.filter(resident__in=alone, purpose__in=_NUMBERS).order_by("resident", "-preferred", "id")
    first: dict[int, tuple[int, bool]] = {}
    for resident, phone, purpose in phones.values_list("resident", "pk", "purpose"):
        first.setdefault(resident, (phone, purpose != Phone.Purpose.RELATIVE))
    wanted = {phone: (pk, own) for pk, (phone, own) in first.items() if not (own and to_helpers)}
    # Only these are deciphered, and read as numbers.
    for phone, sealed in Phone.objects.filter(pk__in=wanted).order_by("id").values_list("pk", "number"):
        pk, own = wanted[phone]
        number = mobile(str(sealed))
        if number:
            ways[pk].append(Way(Channel.SMS, number, alone[pk].language, has_page=False, own=own))
    if to_helpers:
        return {pk: others for pk, some in ways.items() if (others := [way for way in some if not way.own])}
    return dict(ways)


def mobile(number: str) -> str:
    """E.164 of a number that can take a text message; empty for any other."""
    return _mobile(number, settings.CONFIGURATION.country)


# Whoever does not report is asked again and again. Kept in memory alone, as everything that was deciphered.
@lru_cache(maxsize=16_384)
def _mobile(number: str, country: str) -> str:
    parsed = _read(number, country)
    if parsed is None:
        return ""
    kind = phonenumbers.number_type(parsed)
    takes = kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if takes else ""


def _read(number: str, country: str) -> phonenumbers.PhoneNumber | None:
    """As `phonenumbers.parse`, of which most takes prefixes away: a mere national number has none."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    if metadata is not None and number.isascii() and number.isdigit() and _is_bare(number, metadata):
        return phonenumbers.PhoneNumber(country_code=metadata.country_code, national_number=int(number))
    try:
        return phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None


def _is_bare(digits: str, metadata: phonenumbers.PhoneMetadata) -> bool:
    every = metadata.general_desc
    if every is None or every.national_number_pattern is None or len(digits) not in every.possible_length:
        return False
    prefixes = ("0", metadata.national_prefix_for_parsing, metadata.international_prefix)
    return re.fullmatch(every.national_number_pattern, digits) is not None and not any(
        re.match(prefix, digits) for prefix in prefixes if prefix
    )
