"""The text in the QR code of a release notice: genuine, another town's, forged, damaged; and never a health code."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gatepass.credentials import CredentialError, base45, judge, make
from gatepass.credentials.release_notice import SignedNotice, read
from gatepass.credentials.release_notice import make as make_notice
from gatepass.credentials.trust import Purpose, TrustedKey, TrustList

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
SERIAL, ISSUED = b"\x00releases"[:8], datetime(2020, 3, 19, 7, 20, tzinfo=UTC)
TEXT = make_notice(KEY, SERIAL, ISSUED)


def code_of(text: str, trusted: list[bytes]) -> str:
    with pytest.raises(CredentialError) as error:
        read(text, trusted)
    return error.value.code


def test_what_the_town_signed_is_read_again_and_is_the_same_each_time() -> None:
    assert read(TEXT, [PUBLIC]) == SignedNotice(SERIAL, ISSUED)
    assert make_notice(KEY, SERIAL, ISSUED) == TEXT
    assert len(TEXT) < 180


def test_another_towns_notice_is_unknown_and_a_changed_one_forged() -> None:
    other = Ed25519PrivateKey.generate()
    assert code_of(TEXT, [other.public_key().public_bytes_raw()]) == "notice_unknown"
    assert code_of(TEXT, []) == "notice_unknown"
    signed = bytearray(base64.urlsafe_b64decode(TEXT + "=="))
    signed[-1] ^= 1
    assert code_of(base64.urlsafe_b64encode(bytes(signed)).rstrip(b"=").decode(), [PUBLIC]) == "notice_forged"


def test_a_health_code_is_no_notice_and_a_notice_no_health_code() -> None:
    paper = make.paper(KEY, person=b"p" * 16, serial=SERIAL, issued=ISSUED, expires=datetime(2020, 9, 1, tzinfo=UTC))
    raw = base45.decode(paper.removeprefix("GP1:"))
    assert code_of(base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), [PUBLIC]) == "notice_damaged"
    trusted = TrustedKey(PUBLIC, "town", frozenset(Purpose), datetime(2020, 1, 1, tzinfo=UTC))
    as_code = "GP1:" + base45.encode(base64.urlsafe_b64decode(TEXT + "=="))
    assert judge(as_code, trust=TrustList([trusted]), at=ISSUED).outcome != "pass"


@given(st.text(max_size=500) | st.binary(max_size=200).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_is_a_reason_and_never_a_crash(text: str) -> None:
    assert code_of(text, [PUBLIC]) in {"notice_damaged", "notice_unknown", "notice_forged"}
