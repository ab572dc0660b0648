"""Our own arithmetic on curves agrees with `cryptography` wherever both can go."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from gatepass.identity.emrtd.curves import curve_with, standard_curves, standard_fields

CURVES = {curve.name: curve for curve in standard_curves().values()}
KNOWN = [
    *(ec.SECP192R1, ec.SECP224R1, ec.SECP256R1, ec.SECP384R1, ec.SECP521R1),
    *(ec.BrainpoolP256R1, ec.BrainpoolP384R1, ec.BrainpoolP512R1),
]


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_a_base_point_lies_on_its_curve_and_has_its_order(curve):
    assert curve.holds(*curve.base)
    assert curve.multiply(curve.n - 1, curve.base) == (curve.x, curve.p - curve.y)
    assert curve.add(curve.base, curve.multiply(curve.n - 1, curve.base)) is None
    assert curve.multiply(0, curve.base) is None
    assert curve.decode(curve.encode(curve.base)) == curve.base


@pytest.mark.parametrize("field", standard_fields().values(), ids=lambda field: field.name)
def test_a_generator_of_a_field_has_its_order(field):
    assert field.g != 1
    assert pow(field.g, field.q, field.p) == 1
    assert (field.p - 1) % field.q == 0


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_public_keys_and_agreements_are_those_of_cryptography(known):
    curve = CURVES[known.name]
    ours, theirs = ec.generate_private_key(known()), ec.generate_private_key(known())
    secret = ours.private_numbers().private_value
    public = ours.public_key().public_numbers()
    assert curve.multiply(secret, curve.base) == (public.x, public.y)
    other = theirs.public_key().public_numbers()
    agreed = curve.multiply(secret, (other.x, other.y))
    assert agreed[0].to_bytes(curve.size, "big") == ours.exchange(ec.ECDH(), theirs.public_key())


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_signatures_of_cryptography_are_verified_and_no_others(known):
    key = ec.generate_private_key(known())
    numbers = key.public_key().public_numbers()
    digest = hashlib.sha256(b"message").digest()
    r, s = decode_dss_signature(key.sign(b"message", ec.ECDSA(hashes.SHA256())))
    curve = CURVES[known.name]
    assert curve.verifies((numbers.x, numbers.y), digest, r, s)
    assert not curve.verifies((numbers.x, numbers.y), hashlib.sha256(b"another").digest(), r, s)
    assert not curve.verifies((numbers.x, numbers.y), digest, r, s + 1)
    assert not curve.verifies((numbers.x, numbers.y), digest, 0, s)
    assert not curve.verifies((numbers.x, numbers.y), digest, r, curve.n)


@given(st.integers(0, 1 << 300), st.integers(0, 1 << 300))
def test_multiples_add_up(one, other):
    curve = CURVES["brainpoolP192r1"]
    added = curve.add(curve.multiply(one, curve.base), curve.multiply(other, curve.base))
    assert added == curve.multiply(one + other, curve.base)


@given(st.binary(max_size=70))
def test_what_is_no_point_of_the_curve_is_none(octets):
    curve = CURVES["secp256r1"]
    point = curve.decode(octets)
    assert point is None or curve.holds(*point)


def test_a_curve_is_known_by_all_its_parameters_and_by_nothing_less():
    curve = CURVES["secp384r1"]
    whole = curve.encode(curve.base)
    compressed = bytes((2 | curve.y & 1,)) + whole[1 : 1 + curve.size]
    for base in (whole, compressed):
        assert curve_with(curve.p, curve.a, curve.b, base, curve.n) is curve
    # Another base point on the same curve is how CVE-2020-0601 signed for everybody.
    elsewhere = curve.encode(curve.multiply(7, curve.base))
    assert curve_with(curve.p, curve.a, curve.b, elsewhere, curve.n) is None
    assert curve_with(curve.p, curve.a, curve.b + 1, whole, curve.n) is None
