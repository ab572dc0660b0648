"""The bytes against the RFC's own example, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gatepass.centre.webpush.encryption import (
    MOST_TEXT,
    RECORD,
    encrypted,
    from_base64url,
    is_point,
    public_bytes,
    vapid,
)

# RFC 8291, section 5 and Appendix A.
THEIR_KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
TEXT = b"When I grow up, I want to be a watermelon"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    own = ec.derive_private_key(int.from_bytes(from_base64url(OWN)), ec.SECP256R1())
    made = encrypted(TEXT, from_base64url(THEIR_KEY), from_base64url(AUTH), salt=from_base64url(SALT), own=own)
    assert made == from_base64url(BODY)


def test_the_longest_text_fills_one_record_and_one_byte_more_is_refused() -> None:
    key, secret = from_base64url(THEIR_KEY), from_base64url(AUTH)
    assert len(encrypted(bytes(MOST_TEXT), key, secret)) == RECORD
    with pytest.raises(ValueError, match="at most"):
        encrypted(bytes(MOST_TEXT + 1), key, secret)


def test_only_a_point_of_the_curve_is_a_key() -> None:
    good = from_base64url(THEIR_KEY)
    assert is_point(good)
    for bad in (b"", good[:-1], good + b"\0", b"\4" + bytes(64), b"\0" * 65):
        assert not is_point(bad)


def test_what_a_push_service_is_told_of_the_sender_names_its_own_origin_and_ends_within_a_day() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    said = vapid("https://updates.example:8443/a/b?c", key, "https://town.example", datetime(2026, 12, 1, tzinfo=UTC))
    assert said.startswith("vapid t=ey")
    claims = from_base64url(said.split(".")[1])
    assert b'"https://updates.example:8443"' in claims
    assert said.endswith(f"k={__import__('base64').urlsafe_b64encode(public_bytes(key)).rstrip(b'=').decode()}")
