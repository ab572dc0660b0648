"""Base45: what RFC 9285 says, and one text only for any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.credentials import CredentialError, base45


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
    ],
)
def test_the_examples_of_the_standard(data: bytes, text: str) -> None:
    """RFC 9285, sections 4.3, 4.4 and 6."""
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=300))
def test_bytes_survive(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=30))
def test_no_two_texts_mean_the_same_bytes(text: str) -> None:
    try:
        data = base45.decode(text)
    except CredentialError:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "GGW",
        ":::",
        "V5",
        "::",
        "A",
        "BB8A",
        "bb8",
        "BB8\n",
        " BB8 \t",
        "BB\u0000",
        "ＢＢ８",
        "BB\ud800",
        "É",
        "BB=",
        "BB8,",
    ],
)
def test_what_is_not_base45_is_refused(text: str) -> None:
    with pytest.raises(CredentialError, match="base45"):
        base45.decode(text)
