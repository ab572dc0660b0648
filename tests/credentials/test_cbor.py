"""CBOR: one form for each value, and a bound on what a hostile one may cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.credentials import CredentialError, cbor

keys = st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=10) | st.text(max_size=10)
leaves = st.none() | st.booleans() | keys
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.builds(cbor.Tag, st.integers(0, 2**64 - 1), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1000000, "1a000f4240"),
        (18446744073709551615, "1bffffffffffffffff"),
        (-1, "20"),
        (-1000, "3903e7"),
        (-18446744073709551616, "3bffffffffffffffff"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("水", "63e6b0b4"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({1: 2, 3: 4}, "a201020304"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
        (cbor.Tag(32, "http://www.example.com"), "d82076687474703a2f2f7777772e6578616d706c652e636f6d"),
    ],
)
def test_the_examples_of_the_standard(value: cbor.Value, encoded: str) -> None:
    """RFC 8949, appendix A."""
    assert cbor.encode(value).hex() == encoded
    assert cbor.decode(bytes.fromhex(encoded)) == value


@given(values)
def test_values_survive(value: cbor.Value) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@given(st.binary(max_size=60))
def test_no_two_encodings_mean_the_same(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except CredentialError:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("nothing", ""),
        ("a head that could be shorter", "1817"),
        ("the same in two bytes", "1900ff"),
        ("in four", "1a0000ffff"),
        ("in eight", "1b00000000ffffffff"),
        ("a length that could be shorter", "580141"),
        ("something after the end", "0000"),
        ("bytes that end early", "4401"),
        ("a list that ends early", "8201"),
        ("keys in another order", "a203040102"),
        ("a key that comes twice", "a201020103"),
        ("keys by length instead of by bytes", "a22001186400"),
        ("a list of unknown length", "9f0102ff"),
        ("bytes of unknown length", "5f4101ff"),
        ("a break alone", "ff"),
        ("a float", "f93c00"),
        ("undefined", "f7"),
        ("a simple value", "f820"),
        ("reserved heads", "1c"),
        ("text that is no UTF-8", "61ff"),
        ("a surrogate in text", "63eda080"),
        ("a list as a key", "a1800100"),
        ("true as a key", "a1f500"),
        ("a tag as a key", "a1c10000"),
    ],
)
def test_what_has_another_form_is_refused(what: str, data: str) -> None:
    with pytest.raises(CredentialError, match="cbor"):
        pytest.fail(f"{what} was read as {cbor.decode(bytes.fromhex(data))!r}")


@pytest.mark.parametrize(
    "data",
    [
        b"\x81" * 10_000,
        b"\xa1\x00" * 10_000,
        b"\xc1" * 10_000,
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        b"\x9a\x7f\xff\xff\xff" + b"\x00" * 1000,
        b"\x99\x03\xe8" + b"\x00" * 1000,
    ],
)
def test_depth_and_number_are_limited_before_anything_is_made(data: bytes) -> None:
    with pytest.raises(CredentialError, match="cbor"):
        cbor.decode(data)


def test_an_integer_beyond_64_bits_is_not_written() -> None:
    with pytest.raises(CredentialError, match="cbor"):
        cbor.encode(2**64)
