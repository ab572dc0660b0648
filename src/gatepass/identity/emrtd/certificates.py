"""Certificates of those who sign travel documents: a state's own key (CSCA), its document signers, its list signers.

The few fields that decide are read here. `cryptography` refuses certificates of several states outright (six of the 588
of a German master list of 2026: parameters where none belong), and warns at serial numbers of zero; a gate does not get
to choose its states.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Final

from gatepass.identity.calendar import parse_day
from gatepass.identity.documents import DocumentError
from gatepass.identity.emrtd import keys, tlv
from gatepass.identity.emrtd.tlv import Tlv

_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_KEY_IDENTIFIER: Final = 0x80
_UTC_TIME: Final = 0x17

_COUNTRY: Final = "2.5.4.6"
_SUBJECT_KEY: Final = "2.5.29.14"
_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_AUTHORITY_KEY: Final = "2.5.29.35"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"


class Certificate:
    """An X.509 certificate (RFC 5280, 4.1). Nothing is verified by reading one."""

    def __init__(self, octets: bytes) -> None:
        """Raises DocumentError where the octets are no certificate."""
        self.octets = octets
        try:
            signed, self._algorithm, signature = tlv.first(octets).children
            parts = signed.children
            has_version = bool(parts) and parts[0].tag == _VERSION
            self._serial, _, self._issuer, validity, self._subject, self._key = parts[has_version:][:6]
            first, last = (_day(moment) for moment in validity.children)
            self._extensions = _extensions(parts)
        except ValueError:
            raise DocumentError("chip_altered", what="certificate") from None
        if not self._key.constructed or first is None or last is None:
            raise DocumentError("chip_altered", what="certificate")
        self.first_day: date = first
        self.last_day: date = last
        self._signed = signed.whole
        self._signature = signature.value[1:]
        self.country = _country(self._subject)
        """The subject's, ISO 3166-1 alpha-2 in capitals; empty where it does not say."""
        self.issuer_country = _country(self._issuer)

    @classmethod
    def read(cls, octets: bytes) -> Certificate | None:
        """None for what is no certificate."""
        try:
            return cls(octets)
        except DocumentError:
            return None

    @cached_property
    def key(self) -> keys.PublicKey:
        """Raises `keys.UnknownAlgorithmError`, DocumentError."""
        return keys.public_key(self._key)

    @property
    def serial(self) -> bytes:
        return self._serial.value

    @property
    def is_authority(self) -> bool:
        """It says so, or it names itself as its issuer: some states' first keys say nothing."""
        constraints = self._extensions.get(_BASIC_CONSTRAINTS)
        stated = [] if constraints is None else constraints.children
        return bool(stated and any(stated[0].value)) or self._issuer.value == self._subject.value

    @property
    def purposes(self) -> frozenset[str]:
        """The extended key usages, dotted; empty where there is no such extension. Raises DocumentError."""
        usage = self._extensions.get(_EXTENDED_KEY_USAGE)
        return frozenset() if usage is None else frozenset(tlv.oid(purpose.value) for purpose in usage.children)

    @property
    def key_identifier(self) -> bytes:
        identifier = self._extensions.get(_SUBJECT_KEY)
        return b"" if identifier is None else identifier.value

    @property
    def authority_key_identifier(self) -> bytes:
        identifier = self._extensions.get(_AUTHORITY_KEY)
        key = None if identifier is None else tlv.find(identifier.children, _KEY_IDENTIFIER)
        return b"" if key is None else key.value

    def is_valid(self, on: date) -> bool:
        return self.first_day <= on <= self.last_day

    def is_named_by(self, signer: Tlv) -> bool:
        """Whether a CMS SignerIdentifier means this one. States write the issuer's name in other letters here and
        there, so the serial number decides; whether the key fits, the signature says.
        """
        if signer.tag == _KEY_IDENTIFIER:
            return signer.value == self.key_identifier
        parts = signer.children
        return len(parts) == 2 and parts[1].value == self.serial

    def issued_by(self, authority: Certificate) -> bool:
        """Whether the authority's key signed this certificate. Raises `keys.UnknownAlgorithmError`, DocumentError."""
        return keys.verifies(authority.key, self._algorithm, "", self._signature, self._signed)


def _extensions(parts: list[Tlv]) -> dict[str, Tlv]:
    """Dotted name -> the object inside."""
    wrapped = tlv.find(parts, _EXTENSIONS)
    found: dict[str, Tlv] = {}
    for extension in tlv.first(wrapped.value).children if wrapped else []:
        name, *_, value = extension.children
        found.setdefault(tlv.oid(name.value), tlv.first(value.value))
    return found


def _country(name: Tlv) -> str:
    for relative in name.children:
        for attribute in relative.children:
            parts = attribute.children
            if len(parts) == 2 and tlv.oid(parts[0].value) == _COUNTRY:
                return parts[1].value.decode("ascii", "replace").strip().upper()
    return ""


def _day(moment: Tlv) -> date | None:
    """The calendar day of a UTCTime (two digits of the year: 1950 to 2049) or GeneralizedTime."""
    text = moment.value.decode("ascii", "replace")
    if moment.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    return parse_day(text[:8])
