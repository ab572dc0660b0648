"""The files that a reader took from a travel document's chip become a Document, with what is proven about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from gatepass.identity import mrz
from gatepass.identity.documents import Assurance, Document, DocumentError
from gatepass.identity.emrtd import lds, signed
from gatepass.identity.emrtd.authentication import Proof, security_object, vouched
from gatepass.identity.emrtd.issuers import Issuers

_SECURITY_OBJECT: Final = "0.4.0.127.0.7.3.2.1"
"""What EF.CardSecurity signs (9303-10, 3.11.4)."""


@dataclass(frozen=True, slots=True)
class ChipFiles:
    """As read, kept out of every repr. None: the chip has no such file, or does not give it."""

    dg1: bytes = field(repr=False)
    dg2: bytes | None = field(default=None, repr=False)
    sod: bytes | None = field(default=None, repr=False)
    card_security: bytes | None = field(default=None, repr=False)
    """EF.CardSecurity, where the chip proved itself with the key that this file names."""
    others: dict[int, bytes] = field(default_factory=dict, repr=False)
    """Further data groups, by number: they are compared with their hashes and not looked at."""


def document_of(files: ChipFiles, *, issuers: Issuers, today: date) -> Document:
    """The document with its face as `portrait`, its assurance (`verified` or `chip`), and its doubt if there is one.

    DocumentError `chip_altered` where the files are not what the issuer signed, `chip_read_failed` where one is no such
    file, `chip_not_supported` where it is whole and its zone is not one that `identity.mrz` reads.
    """
    groups = {1: files.dg1} | ({} if files.dg2 is None else {2: files.dg2}) | files.others
    listed = None if files.sod is None else security_object(files.sod)
    if listed is not None:
        listed.compare(groups)
    text = lds.zone(files.dg1)
    try:
        document = mrz.parse(text, today=today)
    except DocumentError as error:
        raise DocumentError("chip_not_supported", what=error.code) from None
    proof = Proof(Assurance.CHIP, "signature_missing")
    if listed is not None:
        proof = vouched(listed.signed_data, state=document.issuer, issuers=issuers, on=today)
    if files.card_security is not None:
        # Signed on its own, and worth no more than its signature (9303-11, 4.4.3.5.2).
        security = signed.parse(files.card_security)
        if security.content_type != _SECURITY_OBJECT:
            raise DocumentError("chip_altered", what="security_object")
        vouched(security, state=document.issuer, issuers=issuers, on=today)
    return replace(document, portrait=_face(files.dg2), assurance=proof.assurance, doubt=proof.doubt)


def _face(dg2: bytes | None) -> bytes | None:
    """A face that cannot be found takes nothing from who the person is."""
    try:
        return None if dg2 is None else lds.face(dg2)
    except DocumentError:
        return None
