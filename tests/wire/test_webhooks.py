"""Signatures of webhooks: the published example, and that nothing altered is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.wire.webhooks import ID, SIGNATURE, TIMESTAMP, TOLERANCE_S, SignatureError, check, headers_for, new_secret

# From the libraries of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
EXAMPLE = {
    ID: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    TIMESTAMP: "1614265330",
    SIGNATURE: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_published_example_is_signed_alike_and_believed() -> None:
    assert headers_for([SECRET], EXAMPLE[ID], 1614265330, BODY) == EXAMPLE
    assert check(SECRET, EXAMPLE, BODY, 1614265330) == EXAMPLE[ID]
    assert check(SECRET, {name.title(): value for name, value in EXAMPLE.items()}, BODY, 1614265330.9) == EXAMPLE[ID]


@given(st.integers(0, len(BODY) * 8 - 1))
def test_no_flipped_bit_is_believed(bit: int) -> None:
    body = bytearray(BODY)
    body[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SignatureError) as error:
        check(SECRET, EXAMPLE, bytes(body), 1614265330)
    assert error.value.code == "wrong"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({ID: "msg_other"}, "wrong"),
        ({TIMESTAMP: "1614265331"}, "wrong"),
        ({TIMESTAMP: "soon"}, "missing"),
        ({TIMESTAMP: ""}, "missing"),
        ({ID: ""}, "missing"),
        ({SIGNATURE: ""}, "missing"),
        ({SIGNATURE: "v1,"}, "wrong"),
        ({SIGNATURE: "v1a,é"}, "wrong"),
        ({SIGNATURE: EXAMPLE[SIGNATURE].removeprefix("v1,")}, "wrong"),
        ({SIGNATURE: " ".join(["v1,x"] * 1000)}, "wrong"),
    ],
)
def test_what_is_missing_or_altered_is_refused(changed: dict[str, str], code: str) -> None:
    with pytest.raises(SignatureError) as error:
        check(SECRET, {**EXAMPLE, **changed}, BODY, 1614265330)
    assert error.value.code == code


@pytest.mark.parametrize("off", [TOLERANCE_S + 1, -TOLERANCE_S - 1])
def test_an_old_message_sent_again_is_refused(off: int) -> None:
    with pytest.raises(SignatureError) as error:
        check(SECRET, EXAMPLE, BODY, 1614265330 + off)
    assert error.value.code == "old"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whsec_AAAA", "no base64 at all"])
def test_a_secret_that_is_none_signs_nothing(secret: str) -> None:
    with pytest.raises(SignatureError) as error:
        check(secret, EXAMPLE, BODY, 1614265330)
    assert error.value.code == "secret"


def test_one_of_several_signatures_is_enough() -> None:
    old, new = new_secret(), new_secret()
    headers = headers_for([new, old], "evt_1", 1000, b"{}")
    for secret in (old, new):
        assert check(secret, headers, b"{}", 1000) == "evt_1"
