"""The person key: 16 bytes that stand for one document of one person wherever names must not be.

Well-formed ID numbers are few (some 10^11), so a fast keyed hash of every one of them takes 19 hours once the town's
secret is stolen with a gate. The number is therefore stretched first, with scrypt (RFC 7914): N = 512, r = 8, p = 1
needs 512 KiB and 1.1 ms on the reference machine, paid once per tap or registration. All 10^11 numbers then cost
3.5 core-years. A larger N would be felt in the 5 ms that a decision may take on a gate's slower processor.

Domain separation: the same secret, hashed for another purpose, never gives these bytes, and each part of the
identity is preceded by its length, so that no two identities are the same string.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from gatepass.identity import Document, DocumentError, DocumentKind, numbers

SECRET_BYTES = 32
KEY_BYTES = 16

_SALT_PURPOSE = b"gatepass-salt-1"  # BLAKE2b's `person` parameter: at most 16 bytes
_KEY_PURPOSE = b"gatepass-key-1"
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 512, 8, 1
_SCRYPT_MEMORY = 2 * 128 * _SCRYPT_N * _SCRYPT_R

# China issues these, whoever their holder is: somebody who types the number may put the holder's state for the issuer,
# and must meet the same key. The number of a chip is its maker's and has no issuing state at all.
_ONE_REGISTER = dict.fromkeys(("gb11643", "foreigner_pr", "hkm_permit", "taiwan_permit"), "CHN") | {"card_uid": ""}


def person_key(secret: bytes, document: Document) -> bytes:
    """The pseudonym of the holder of `document`: 16 bytes, the same on every gate that shares `secret` (32 bytes).

    Only family, issuer and number count: a card that is read and its number typed give the same key, and a changed
    name or address changes nothing. Several documents of one person are several keys. ValueError where `secret` has
    another length or the document has no number.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"the town's secret has {SECRET_BYTES} bytes")
    if not document.number:
        raise ValueError("a document without a number has no person key")
    stretched = hashlib.scrypt(
        _joined(*_entry(document)),
        salt=hashlib.blake2b(key=secret, person=_SALT_PURPOSE, digest_size=32).digest(),
        n=_SCRYPT_N,
        r=_SCRYPT_R,
        p=_SCRYPT_P,
        maxmem=_SCRYPT_MEMORY,
        dklen=32,
    )
    # scrypt took the secret as its salt, which nobody proved to be a key; the keyed hash is one.
    return hashlib.blake2b(stretched, key=secret, person=_KEY_PURPOSE, digest_size=KEY_BYTES).digest()


def person_keys(secret: bytes, document: Document) -> Iterator[bytes]:
    """Every key under which the holder may be registered, likeliest first; each is made when it is asked for (1 ms).

    The document's own key; then that of the number it had before (permanent residence cards since 2023 point at the one
    of 2017), then that of the travel permit that a residence permit goes with. Raises as `person_key` does.
    """
    yield person_key(secret, document)
    for other in named_by(document):
        yield person_key(secret, other)


def named_by(document: Document) -> tuple[Document, ...]:
    """The other documents of the holder that this one states. A number that is none is passed over."""
    named = []
    if document.kind is DocumentKind.FOREIGNER_PR and document.former_number:
        named.append((document.former_number, DocumentKind.FOREIGNER_PR))
    if document.kind is DocumentKind.HMT_RESIDENCE and document.permit_number:
        of_taiwan = document.holder.nationality == "TWN"
        named.append((document.permit_number, DocumentKind.TAIWAN_PERMIT if of_taiwan else DocumentKind.HKM_PERMIT))
    found = []
    for number, kind in named:
        try:
            stated = numbers.parse(number, kind)
        except DocumentError:
            continue
        found.append(replace(stated, holder=document.holder, assurance=document.assurance))
    return tuple(found)


def name_one_entry(a: Document, b: Document) -> bool:
    """Whether one number in one register stands for both, its own or one that it states: they share a person key."""
    return not {_entry(each) for each in (a, *named_by(a))}.isdisjoint(_entry(each) for each in (b, *named_by(b)))


def _entry(document: Document) -> tuple[str, str, str]:
    """Family, issuer and number: what the key is made from."""
    family = document.kind.family
    # Some permits print how often they were issued: the person is the same with the next one.
    number = numbers.lifelong(document.kind, document.number)
    return family, _ONE_REGISTER.get(family, document.issuer), number


def _joined(*parts: str) -> bytes:
    encoded = [part.encode("utf-8", "backslashreplace") for part in parts]
    return b"".join(len(part).to_bytes(2, "big") + part for part in encoded)
