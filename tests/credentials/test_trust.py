"""The list of those whose signature is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credentials.town import DAY, NOON, TOWN, TRUST, public

from gatepass.credentials import CredentialError, Purpose, TrustedKey, TrustList
from gatepass.credentials.trust import key_id


def test_a_list_survives_being_written_and_read() -> None:
    assert TrustList.decode(TRUST.encode()).keys == TRUST.keys
    assert TrustList.decode(TRUST.encode()).encode() == TRUST.encode()
    assert len(TrustList.decode(TrustList().encode())) == 0


def test_a_key_is_found_by_its_id() -> None:
    assert [key.issuer for key in TRUST.with_id(key_id(public(TOWN)))] == ["杭州市上城区"]
    assert TRUST.with_id(b"\x00" * 8) == ()


def test_a_key_may_sign_within_its_period_and_for_its_purposes() -> None:
    key = TrustedKey(public(TOWN), "town", frozenset({Purpose.PAPER}), NOON, NOON + DAY)
    assert key.may_sign(Purpose.PAPER, NOON)
    assert not key.may_sign(Purpose.GRANT, NOON)
    assert not key.may_sign(Purpose.PAPER, NOON - DAY)
    assert not key.may_sign(Purpose.PAPER, NOON + DAY)
    assert TrustedKey(public(TOWN), "town", frozenset(Purpose), NOON).may_sign(Purpose.GRANT, NOON + 9000 * DAY)


def test_a_list_for_a_newer_release_is_read_as_far_as_it_is_understood() -> None:
    file = json.loads(TRUST.encode())
    file["from_a_later_release"] = {"x": 1}
    file["keys"][0] |= {"country": "CHN", "purposes": ["paper", "passport_of_the_future"]}
    (key,) = TrustList.decode(json.dumps(file).encode()).keys
    assert key.purposes == {Purpose.PAPER}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"keys": [{"key": "AAAA", "issuer": "x", "purposes": [], "valid_from": 0}]},
        {"keys": [{"key": "!", "issuer": "x", "purposes": [], "valid_from": 0}]},
        {"keys": [{"key": "A" * 43 + "=", "issuer": "", "purposes": [], "valid_from": 0}]},
        {"keys": [{"key": "A" * 43 + "=", "issuer": "x", "purposes": [], "valid_from": -1}]},
        {"keys": [{"key": "A" * 43 + "=", "issuer": "x", "purposes": [], "valid_from": 10**18}]},
        {"keys": None},
    ],
)
def test_a_list_with_a_slip_in_it_is_refused_whole(change: dict[str, object]) -> None:
    with pytest.raises(CredentialError, match="trust_list"):
        TrustList.decode(json.dumps({"format": 1, "keys": []} | change).encode())


@pytest.mark.parametrize(
    "content",
    [
        TRUST.encode().replace("杭".encode(), b"\xe6\x9d"),
        b'{"format":1,"keys":[],"later":' + b"[" * 400_000 + b"]" * 400_000 + b"}",
    ],
    ids=["half a character", "nested without end"],
)
def test_what_the_json_reader_does_not_call_a_decoding_error_is_refused_as_well(content: bytes) -> None:
    with pytest.raises(CredentialError, match="trust_list"):
        TrustList.decode(content)


@given(st.binary(max_size=200))
def test_other_bytes_are_no_trust_list(content: bytes) -> None:
    with pytest.raises(CredentialError, match="trust_list"):
        TrustList.decode(content)


def test_a_huge_file_is_not_even_parsed() -> None:
    with pytest.raises(CredentialError, match="trust_list"):
        TrustList.decode(b" " * 1_000_001)
