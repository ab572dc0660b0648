"""The groups of PACE (9303-11, 4.4 and 9.6): elliptic curves and prime fields, with the same few verbs.

secret       a private key, made for one conversation
element      a public key: a point, or a number
generator    where a public key begins; PACE makes one of its own for each conversation (the mapping)
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from gatepass.identity import DocumentError
from gatepass.identity.emrtd.curves import Curve, Field, standard_curves, standard_fields

ElementT = TypeVar("ElementT")

_POINT: Final = 0x86
_NUMBER: Final = 0x84


class Group(Protocol[ElementT]):
    @property
    def tag(self) -> int:
        """Of a public key in the data that the authentication token is computed over (9303-11, 9.4)."""

    @property
    def generator(self) -> ElementT: ...
    @property
    def modulus(self) -> int:
        """Of the field."""

    def secret(self) -> int: ...
    def power(self, generator: ElementT, secret: int) -> ElementT: ...
    def encode(self, element: ElementT) -> bytes: ...
    def decode(self, octets: bytes) -> ElementT:
        """A public key of the other side, checked to be one. DocumentError `chip_read_failed`."""

    def shared(self, element: ElementT) -> bytes:
        """What the keys are derived from: the x-coordinate, or the number, in the length of the field."""

    def combined(self, nonce: int, agreed: ElementT) -> ElementT:
        """Generic mapping (4.4.3.3.1): the generator, as often as the nonce says, and the agreed element."""

    def mapped(self, number: int) -> ElementT:
        """Integrated mapping (4.4.3.3.2): the element that a number of the field stands for."""


@dataclass(frozen=True, slots=True)
class CurveGroup:
    """ECDH."""

    curve: Curve
    tag: int = _POINT

    @property
    def generator(self) -> tuple[int, int]:
        return self.curve.base

    @property
    def modulus(self) -> int:
        return self.curve.p

    def secret(self) -> int:
        return 1 + secrets.randbelow(self.curve.n - 1)

    def power(self, generator: tuple[int, int], secret: int) -> tuple[int, int]:
        return _finite(self.curve.multiply(secret, generator))

    def encode(self, element: tuple[int, int]) -> bytes:
        return self.curve.encode(element)

    def decode(self, octets: bytes) -> tuple[int, int]:
        return _finite(self.curve.decode(octets))

    def shared(self, element: tuple[int, int]) -> bytes:
        return element[0].to_bytes(self.curve.size, "big")

    def combined(self, nonce: int, agreed: tuple[int, int]) -> tuple[int, int]:
        return _finite(self.curve.add(self.curve.multiply(nonce, self.curve.base), agreed))

    @property
    def maps_numbers(self) -> bool:
        """Of the standard curves only secp224r1 cannot do it (9.5.1)."""
        return self.curve.p % 4 == 3

    def mapped(self, number: int) -> tuple[int, int]:
        """Appendix B.2, where `maps_numbers`."""
        curve, p = self.curve, self.curve.p
        alpha = -number * number % p
        beta = (alpha + alpha * alpha) % p
        if not beta:
            raise _no_key()
        x2 = -curve.b * pow(curve.a, -1, p) * (1 + pow(beta, -1, p)) % p
        x3 = alpha * x2 % p
        h2 = (pow(x2, 3, p) + curve.a * x2 + curve.b) % p
        root = pow(h2, p - 1 - (p + 1) // 4, p)
        if root * root * h2 % p == 1:
            return x2, root * h2 % p
        return x3, root * pow(number, 3, p) * h2 % p


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """DH."""

    field: Field
    tag: int = _NUMBER

    @property
    def generator(self) -> int:
        return self.field.g

    @property
    def modulus(self) -> int:
        return self.field.p

    def secret(self) -> int:
        return 1 + secrets.randbelow(self.field.q - 1)

    def power(self, generator: int, secret: int) -> int:
        return pow(generator, secret, self.field.p)

    def encode(self, element: int) -> bytes:
        """In the fewest bytes (9.4.3)."""
        return element.to_bytes((element.bit_length() + 7) // 8, "big")

    def decode(self, octets: bytes) -> int:
        """An element of the subgroup (RFC 2631, 2.1.5): another would tell the secret bit by bit."""
        element = int.from_bytes(octets, "big")
        if len(octets) > self.field.size or not 1 < element < self.field.p - 1:
            raise _no_key()
        if pow(element, self.field.q, self.field.p) != 1:
            raise _no_key()
        return element

    def shared(self, element: int) -> bytes:
        return element.to_bytes(self.field.size, "big")

    def combined(self, nonce: int, agreed: int) -> int:
        return _not_one(pow(self.field.g, nonce, self.field.p) * agreed % self.field.p)

    @property
    def maps_numbers(self) -> bool:
        return True

    def mapped(self, number: int) -> int:
        return _not_one(pow(number, (self.field.p - 1) // self.field.q, self.field.p))


def standard_group(number: int) -> CurveGroup | FieldGroup | None:
    """By its number in 9303-11, 9.5.1; None for one that is not there. Parameters that a chip writes out itself are
    never used: a forged chip's would give the password away (9.2.2).
    """
    if number in standard_curves():
        return CurveGroup(standard_curves()[number])
    return FieldGroup(standard_fields()[number]) if number in standard_fields() else None


def _finite(point: tuple[int, int] | None) -> tuple[int, int]:
    if point is None:
        raise _no_key()
    return point


def _not_one(element: int) -> int:
    if element <= 1:
        raise _no_key()
    return element


def _no_key() -> DocumentError:
    return DocumentError("chip_read_failed", what="key")
