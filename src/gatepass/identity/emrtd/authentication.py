"""Passive authentication (9303-11, 5.1): are these the data that a state signed, and is that state's key known here?

1. The hashes that the document security object (EF.SOD) lists are those of the data as read.
2. The signature on that list is its signer's, and the signer is of the country that the document names as its issuer.
3. A key of that country, from the operator's list, signed the signer's certificate, which holds today and was not
   revoked.

What contradicts itself is DocumentError `chip_altered`: a human looks. What cannot be verified, because no list has
that key or nobody here knows the algorithm, is read like any chip, with a doubt that says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gatepass.identity.documents import Assurance, DocumentError
from gatepass.identity.emrtd import keys, signed, tlv
from gatepass.identity.emrtd.certificates import Certificate
from gatepass.identity.emrtd.countries import may_sign_for
from gatepass.identity.emrtd.issuers import Issuers
from gatepass.identity.emrtd.tlv import Tlv

_EF_SOD: Final = 0x77
_LDS_SECURITY_OBJECT: Final = "2.23.136.1.1.1"
_ICAO_PURPOSES: Final = "2.23.136.1.1."

# Every doubt that a document may carry, and the sentences for them: doubts.toml.
DOUBTS: Final = frozenset(
    {
        "signature_missing",
        "signer_missing",
        "signer_expired",
        "issuer_list_empty",
        "issuer_unknown",
        "issuer_key_unknown",
        "algorithm_unknown",
    }
)


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the chip's data are proven. `doubt` is empty where they are, else one of DOUBTS."""

    assurance: Assurance
    doubt: str = ""


VERIFIED: Final = Proof(Assurance.VERIFIED)


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """What EF.SOD lists: for each data group its hash."""

    digest: str
    """hashlib's name."""
    hashes: Mapping[int, bytes]
    signed_data: signed.SignedData

    def compare(self, groups: Mapping[int, bytes]) -> None:
        """Step 1. DocumentError `chip_altered` (`data_group`, `number`) where a file is not the one that was hashed."""
        for number, content in groups.items():
            if self.hashes.get(number) != hashlib.new(self.digest, content).digest():
                raise DocumentError("chip_altered", what="data_group", number=number)


def security_object(sod: bytes) -> SecurityObject:
    """EF.SOD (9303-10, 4.6.2). DocumentError `chip_altered` for anything else."""
    try:
        ef = tlv.first(sod)
        # Some states leave the file's own tag away.
        signed_data = signed.parse(ef.value if ef.tag == _EF_SOD else sod)
        _, algorithm, groups, *_ = tlv.first(signed_data.content).children
        digest = keys.HASHES[tlv.oid(algorithm.children[0].value)]
        hashes = {int.from_bytes(number.value, "big"): value.value for number, value in map(_pair, groups.children)}
    except (DocumentError, KeyError, ValueError, IndexError):
        raise DocumentError("chip_altered", what="security_object") from None
    if signed_data.content_type != _LDS_SECURITY_OBJECT:
        raise DocumentError("chip_altered", what="security_object")
    return SecurityObject(digest.name, hashes, signed_data)


def vouched(data: signed.SignedData, *, state: str, issuers: Issuers, on: date) -> Proof:
    """Steps 2 and 3: whether a state vouches for what a chip carries. `state` is the `Document.issuer` that data group
    1 names, `on` today.

    DocumentError `chip_altered`, with `what`: `signature`, `issuer` (another country's signer), `purpose` (a
    certificate made to sign something else), `revoked`, or `key` and `algorithm` for what is none.
    """
    try:
        return _vouched(data, state, issuers, on)
    except DocumentError as error:
        # A part that is no certificate, no key, no name: read only when it is needed.
        raise error if error.code == "chip_altered" else DocumentError("chip_altered", what="certificate") from None


def _vouched(data: signed.SignedData, state: str, issuers: Issuers, on: date) -> Proof:
    signer = data.signed_by() or next((known for known in issuers.signers if known.is_named_by(data.signer)), None)
    if signer is None:
        return Proof(Assurance.CHIP, "signer_missing")
    try:
        if not data.holds(signer):
            raise DocumentError("chip_altered", what="signature")
    except keys.UnknownAlgorithmError:
        return Proof(Assurance.CHIP, "algorithm_unknown")
    if not all(may_sign_for(country, state) for country in {signer.country, signer.issuer_country} - {""}):
        raise DocumentError("chip_altered", what="issuer")
    if any(purpose.startswith(_ICAO_PURPOSES) for purpose in signer.purposes):
        raise DocumentError("chip_altered", what="purpose")
    return _chain(signer, issuers, on)


def _chain(signer: Certificate, issuers: Issuers, on: date) -> Proof:
    if not len(issuers):
        return Proof(Assurance.CHIP, "issuer_list_empty")
    candidates = issuers.authorities.get(signer.issuer_country, [])
    if not candidates:
        return Proof(Assurance.CHIP, "issuer_unknown")
    authority = _authority_of(signer, candidates)
    if authority is None:
        return Proof(Assurance.CHIP, "issuer_key_unknown")
    if issuers.revoked(signer):
        raise DocumentError("chip_altered", what="revoked")
    if not (signer.is_valid(on) and authority.is_valid(on)):
        return Proof(Assurance.CHIP, "signer_expired")
    return VERIFIED


def _authority_of(signer: Certificate, candidates: list[Certificate]) -> Certificate | None:
    """The candidate whose key signed the signer's certificate.

    All of a country's keys are tried, the one that the certificate names first: names are written in many ways, and a
    country has no more than a dozen. If the named key is there and did not sign, that is DocumentError `chip_altered`.
    """
    named = signer.authority_key_identifier
    unknown = False
    for candidate in sorted(candidates, key=lambda candidate: candidate.key_identifier != named):
        try:
            if signer.issued_by(candidate):
                return candidate
        except keys.UnknownAlgorithmError:
            unknown = True
        except DocumentError:
            # A key of the list that cannot be read says nothing about this document.
            continue
    if not unknown and named and any(candidate.key_identifier == named for candidate in candidates):
        raise DocumentError("chip_altered", what="signature")
    return None


def _pair(item: Tlv) -> tuple[Tlv, Tlv]:
    one, other = item.children
    return one, other
