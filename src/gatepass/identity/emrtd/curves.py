"""Elliptic curves, as far as `cryptography` does not go.

It agrees on keys and verifies signatures, but gives no point that is neither a public key nor a base point of its own:
PACE reckons with both (9303-11, 4.4.3.3), and some states sign on curves that it does not know, or write a curve's
parameters out instead of naming it. Where it does go, it is used (`identity.emrtd.keys`).

Python's integers take a time that depends on their values. That is borne here: the secrets multiplied with are made
for one conversation with one chip and thrown away, or there are none (signatures of others).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

_WINDOW: Final = 4

Point = tuple[int, int] | None
"""Affine coordinates; None is the point at infinity."""
_Jacobian = tuple[int, int, int]
_INFINITY: Final[_Jacobian] = (1, 1, 0)


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ + ax + b over the field of p, and a base point (x, y) of the prime order n; cofactor 1."""

    name: str
    p: int
    a: int
    b: int
    x: int
    y: int
    n: int

    @property
    def base(self) -> tuple[int, int]:
        return self.x, self.y

    @property
    def size(self) -> int:
        """Bytes of a coordinate."""
        return (self.p.bit_length() + 7) // 8

    def holds(self, x: int, y: int) -> bool:
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0

    def encode(self, point: tuple[int, int]) -> bytes:
        """Uncompressed (TR-03111, 3.2.1): 04, x, y."""
        return b"\x04" + b"".join(part.to_bytes(self.size, "big") for part in point)

    def decode(self, octets: bytes) -> tuple[int, int] | None:
        """The inverse, for points on the curve; None for anything else."""
        if len(octets) != 1 + 2 * self.size or octets[0] != 4:
            return None
        x, y = (int.from_bytes(part, "big") for part in (octets[1 : 1 + self.size], octets[1 + self.size :]))
        return (x, y) if self.holds(x, y) else None

    def add(self, one: Point, other: Point) -> Point:
        return self._affine(self._add(_jacobian(one), _jacobian(other)))

    def multiply(self, factor: int, point: Point) -> Point:
        """`factor` times `point`, four bits of the factor at a time."""
        odd = _jacobian(point)
        table = [_INFINITY, odd]
        for _ in range(2, 1 << _WINDOW):
            table.append(self._add(table[-1], odd))
        result = _INFINITY
        factor %= self.n
        for at in range(-(-factor.bit_length() // _WINDOW) - 1, -1, -1):
            for _ in range(_WINDOW):
                result = self._double(result)
            result = self._add(result, table[factor >> _WINDOW * at & (1 << _WINDOW) - 1])
        return self._affine(result)

    def verifies(self, public: tuple[int, int], digest: bytes, r: int, s: int) -> bool:
        """Whether (r, s) is the ECDSA signature of a digest (FIPS 186-4, 6.4), for a public point on the curve."""
        if not (0 < r < self.n and 0 < s < self.n):
            return False
        number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - self.n.bit_length())
        inverse = pow(s, -1, self.n)
        found = self.add(
            self.multiply(number * inverse % self.n, self.base), self.multiply(r * inverse % self.n, public)
        )
        return found is not None and found[0] % self.n == r

    def _double(self, point: _Jacobian) -> _Jacobian:
        x, y, z = point
        if not y or not z:
            return _INFINITY
        p = self.p
        square = y * y % p
        s = 4 * x * square % p
        zz = z * z % p
        m = (3 * x * x + self.a * zz * zz) % p
        doubled = (m * m - 2 * s) % p
        return doubled, (m * (s - doubled) - 8 * square * square) % p, 2 * y * z % p

    def _add(self, one: _Jacobian, other: _Jacobian) -> _Jacobian:
        x1, y1, z1 = one
        x2, y2, z2 = other
        if not z1:
            return other
        if not z2:
            return one
        p = self.p
        z1z1, z2z2 = z1 * z1 % p, z2 * z2 % p
        u1, u2 = x1 * z2z2 % p, x2 * z1z1 % p
        s1, s2 = y1 * z2 * z2z2 % p, y2 * z1 * z1z1 % p
        h, r = (u2 - u1) % p, (s2 - s1) % p
        if not h:
            return self._double(one) if not r else _INFINITY
        hh = h * h % p
        hhh, v = h * hh % p, u1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - s1 * hhh) % p, h * z1 * z2 % p

    def _affine(self, point: _Jacobian) -> Point:
        x, y, z = point
        if not z:
            return None
        inverse = pow(z, -1, self.p)
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p


@dataclass(frozen=True, slots=True)
class Field:
    """The subgroup of prime order q of the field of p, and its generator g."""

    name: str
    p: int
    g: int
    q: int

    @property
    def size(self) -> int:
        """Bytes of an element."""
        return (self.p.bit_length() + 7) // 8


@cache
def standard_curves() -> dict[int, Curve]:
    """By their number in 9303-11, 9.5.1."""
    return {
        row["id"]: Curve(row["name"], *(int(row[part], 16) for part in ("p", "a", "b", "x", "y", "n")))
        for row in _domains()["curve"]
    }


@cache
def standard_fields() -> dict[int, Field]:
    """By their number in 9303-11, 9.5.1."""
    return {
        row["id"]: Field(row["name"], *(int(row[part].replace("\n", ""), 16) for part in ("p", "g", "q")))
        for row in _domains()["field"]
    }


def curve_with(p: int, a: int, b: int, base: bytes, n: int) -> Curve | None:
    """The standard curve that has these parameters, its base point encoded in either way; None for any other: whoever
    signs on a curve of his own making signs for nobody.
    """
    for curve in standard_curves().values():
        if (curve.p, curve.a, curve.b, curve.n) == (p, a, b, n):
            whole = curve.encode(curve.base)
            compressed = bytes((2 | curve.y & 1,)) + whole[1 : 1 + curve.size]
            return curve if base in {whole, compressed} else None
    return None


@cache
def _domains() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(resources.files(__package__).joinpath("domains.toml").read_text(encoding="utf-8"))


def _jacobian(point: Point) -> _Jacobian:
    return _INFINITY if point is None else (*point, 1)
