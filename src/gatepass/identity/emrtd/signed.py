"""Signed data (CMS, RFC 5652) as chips and issuers' lists carry it: what was signed, by whom, and whether it holds.

Read here and not by a library: `cryptography` signs CMS and does not verify it, asn1crypto has had no release since
2022, and several states' chips carry BER, which strict DER readers refuse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gatepass.identity.documents import DocumentError
from gatepass.identity.emrtd import keys, tlv
from gatepass.identity.emrtd.certificates import Certificate
from gatepass.identity.emrtd.tlv import Tlv

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"

_EXPLICIT_0: Final = 0xA0


@dataclass(frozen=True, slots=True)
class SignedData:
    """The parts that matter. One signer: chips and lists have no more."""

    content_type: str
    content: bytes
    certificates: tuple[Certificate, ...]
    digest_algorithm: str
    attributes: Tlv | None
    algorithm: Tlv
    signature: bytes
    signer: Tlv
    """IssuerAndSerialNumber, or the key identifier [0]."""

    def signed_by(self) -> Certificate | None:
        """The certificate of the signer, if it came along. A single one is taken even if it is named wrongly: whether
        it fits, the signature says.
        """
        if len(self.certificates) == 1:
            return self.certificates[0]
        return next((certificate for certificate in self.certificates if certificate.is_named_by(self.signer)), None)

    def holds(self, signer: Certificate) -> bool:
        """Whether content, attributes and signature belong together, and the signature is the signer's.

        Raises `keys.UnknownAlgorithmError` where nobody here can tell.
        """
        if self.attributes is None:
            return keys.verifies(signer.key, self.algorithm, self.digest_algorithm, self.signature, self.content)
        stated = {
            tlv.oid(parts[0].value): parts[1].children
            for parts in (attribute.children for attribute in self.attributes.children)
            if len(parts) == 2
        }
        digest = keys.HASHES.get(self.digest_algorithm)
        if digest is None:
            return False
        if [value.value for value in stated.get(_MESSAGE_DIGEST, [])] != [
            hashlib.new(digest.name, self.content).digest()
        ]:
            return False
        if [tlv.oid(value.value) for value in stated.get(_CONTENT_TYPE, [])] != [self.content_type]:
            return False
        # Signed as a SET, carried as [0] (RFC 5652, 5.4).
        message = bytes((tlv.SET,)) + self.attributes.whole[1:]
        return keys.verifies(signer.key, self.algorithm, self.digest_algorithm, self.signature, message)


def parse(octets: bytes) -> SignedData:
    """A ContentInfo with SignedData. DocumentError `chip_altered` (`what`) for anything else."""
    try:
        return _parse(tlv.first(octets))
    except DocumentError:
        raise DocumentError("chip_altered", what="signed_data") from None


def _parse(content_info: Tlv) -> SignedData:
    kind, wrapped = _parts(content_info, 2)[:2]
    if tlv.oid(kind.value) != _SIGNED_DATA:
        raise DocumentError("chip_altered")
    parts = _parts(tlv.first(wrapped.value), 4)
    contents = _parts(parts[2], 2)
    certificates = tlv.find(parts[3:], _EXPLICIT_0)
    signers = tlv.find(parts[3:], tlv.SET)
    if signers is None:
        raise DocumentError("chip_altered")
    signer_info = iter(_parts(tlv.first(signers.value), 5)[1:])
    signer, digest = next(signer_info), next(signer_info)
    attributes = None
    algorithm = next(signer_info)
    if algorithm.tag == _EXPLICIT_0:
        attributes, algorithm = algorithm, _next(signer_info)
    return SignedData(
        content_type=tlv.oid(contents[0].value),
        content=tlv.first(contents[1].value).octets,
        certificates=tuple(
            certificate
            for item in (certificates.children if certificates else [])
            if (certificate := Certificate.read(item.whole)) is not None
        ),
        digest_algorithm=tlv.oid(_parts(digest, 1)[0].value),
        attributes=attributes,
        algorithm=algorithm,
        signature=_next(signer_info).octets,
        signer=signer,
    )


def _next(parts: Iterator[Tlv]) -> Tlv:
    found = next(parts, None)
    if found is None:
        raise DocumentError("chip_altered")
    return found


def _parts(item: Tlv, least: int) -> list[Tlv]:
    parts = item.children
    if len(parts) < least:
        raise DocumentError("chip_altered")
    return parts
