"""The states whose signatures a gate can verify: their own keys (CSCA certificates), and what they have revoked.

Read from what an operator can get (docs/card-readers.md): single certificates and revocation lists (DER or PEM),
master lists (`.ml`, 9303-12, 9), and the LDIF files of ICAO's Public Key Directory. A master list must be signed by a
key that one of its own certificates vouches for: that shows it whole, not that it is genuine. Whose list to trust, the
operator decides by fetching it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509

from gatepass.identity.documents import DocumentError
from gatepass.identity.emrtd import keys, signed, tlv
from gatepass.identity.emrtd.certificates import Certificate

_MASTER_LIST: Final = "2.23.136.1.1.2"
_MOST_OCTETS: Final = 64 << 20

_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_LDIF: Final = re.compile(
    rb"^(?:userCertificate|cACertificate|certificateRevocationList|pkdMasterListContent)(?:;binary)?:: ?(.+)$",
    re.MULTILINE,
)


@dataclass(slots=True)
class Issuers:
    """The list. Empty, it verifies nothing and accuses nobody."""

    authorities: dict[str, list[Certificate]] = field(default_factory=dict)
    """By country, ISO 3166-1 alpha-2."""
    signers: list[Certificate] = field(default_factory=list)
    """Document signers, for the chips of the first years that do not carry theirs."""
    revocations: dict[str, list[x509.CertificateRevocationList]] = field(default_factory=dict)
    """By country; each signed by one of its authorities."""

    def __len__(self) -> int:
        return sum(map(len, self.authorities.values()))

    def revoked(self, signer: Certificate) -> bool:
        """Whether a state's revocation list names this signer. Without a list, nothing is revoked."""
        number = int.from_bytes(signer.serial, "big", signed=True)
        return any(
            revocations.get_revoked_certificate_by_serial_number(number) is not None
            for revocations in self.revocations.get(signer.issuer_country, [])
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or a part of one, that was not used, and why: `unreadable`, `signature` or `unknown_issuer`."""

    file: str
    code: str


def read(files: Iterable[tuple[str, bytes]]) -> tuple[Issuers, list[Problem]]:
    """A list from files (name, content). What cannot be used is a Problem; the rest counts."""
    issuers = Issuers()
    problems: list[Problem] = []
    lists: list[tuple[str, bytes]] = []
    seen: set[bytes] = set()
    for name, content in files:
        parts = list(_parts(content)) if len(content) <= _MOST_OCTETS else []
        used = False
        for octets in parts:
            try:
                used = _take(octets, name, issuers, lists, seen) or used
            except _RejectedError as rejected:
                problems.append(Problem(name, rejected.code))
                used = True
            except DocumentError:
                # A certificate whose extensions are none: they are looked at when they are needed.
                continue
        if not used:
            problems.append(Problem(name, "unreadable"))
    for name, octets in lists:
        if not _take_revocations(octets, issuers):
            problems.append(Problem(name, "unknown_issuer"))
    return issuers, problems


class _RejectedError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _take(octets: bytes, name: str, issuers: Issuers, lists: list[tuple[str, bytes]], seen: set[bytes]) -> bool:
    certificate = Certificate.read(octets)
    if certificate is not None:
        _take_certificate(certificate, issuers, seen)
        return True
    if _revocations(octets) is not None:
        lists.append((name, octets))
        return True
    try:
        master_list = signed.parse(octets)
    except DocumentError:
        return False
    if master_list.content_type != _MASTER_LIST:
        return False
    for certificate in _of_master_list(master_list):
        # The list calls it an authority, whatever its own extensions say.
        _take_certificate(certificate, issuers, seen, authority=True)
    return True


def _take_certificate(certificate: Certificate, issuers: Issuers, seen: set[bytes], *, authority: bool = False) -> None:
    if certificate.octets in seen:
        return
    seen.add(certificate.octets)
    if authority or certificate.is_authority:
        issuers.authorities.setdefault(certificate.country, []).append(certificate)
    else:
        issuers.signers.append(certificate)


def _of_master_list(master_list: signed.SignedData) -> list[Certificate]:
    """The certificates of a CscaMasterList whose own signature holds; _RejectedError otherwise."""
    try:
        items = tlv.first(master_list.content).child(tlv.SET)
        found = [Certificate.read(item.whole) for item in (items.children if items else [])]
    except DocumentError:
        raise _RejectedError("unreadable") from None
    certificates = [certificate for certificate in found if certificate is not None]
    signer = master_list.signed_by()
    try:
        if signer is None or not master_list.holds(signer):
            raise _RejectedError("signature")
        authorities = [c for c in (*certificates, *master_list.certificates) if c.country == signer.issuer_country]
        if not any(signer.issued_by(authority) for authority in authorities):
            raise _RejectedError("signature")
    except (keys.UnknownAlgorithmError, DocumentError):
        raise _RejectedError("signature") from None
    return certificates


def _revocations(octets: bytes) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_der_x509_crl(octets)
    except ValueError:
        return None


def _take_revocations(octets: bytes, issuers: Issuers) -> bool:
    revocations = _revocations(octets)
    if revocations is None:
        return False
    try:
        named = revocations.issuer.get_attributes_for_oid(x509.NameOID.COUNTRY_NAME)
        algorithm = tlv.first(octets).children[1]
    except (ValueError, DocumentError, IndexError):
        return False
    country = str(named[0].value).strip().upper() if named else ""
    for authority in issuers.authorities.get(country, []):
        try:
            if keys.verifies(authority.key, algorithm, "", revocations.signature, revocations.tbs_certlist_bytes):
                issuers.revocations.setdefault(country, []).append(revocations)
                return True
        except (keys.UnknownAlgorithmError, DocumentError):
            continue
    return False


def _parts(content: bytes) -> Iterator[bytes]:
    """The DER objects that a file holds, in whatever dress."""
    if content.lstrip().startswith((b"dn:", b"version:", b"#")):
        # A long line goes on after a line end and one space (RFC 2849).
        for match in _LDIF.finditer(content.replace(b"\r", b"").replace(b"\n ", b"")):
            yield from _decoded(match[1])
    elif b"-----BEGIN " in content:
        for match in _PEM.finditer(content):
            yield from _decoded(match[2])
    else:
        yield content


def _decoded(text: bytes) -> Iterator[bytes]:
    try:
        yield base64.b64decode(b"".join(text.split()))
    except binascii.Error:
        return
