"""docs/gateway.md is what integrators build by: its example must verify, its tables must be the code's."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.centre.gateway.gate_calls import CALLS
from gatepass.centre.gateway.problems import PROBLEMS, ProblemError
from gatepass.wire import signing
from gatepass.wire.messages import StatusQuery
from gatepass.wire.replay import NonceWindow

DOCS = (Path(__file__).parents[3] / "docs" / "gateway.md").read_text("utf-8")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SECOND = 1_795_406_400


def example() -> tuple[dict[str, str], bytes]:
    block = re.search(r"```http\nPOST (\S+) HTTP/1.1\n(.*?)```", DOCS, re.DOTALL)
    assert block.group(1) == "/gate/v1/status"
    headers = dict(line.split(": ", 1) for line in block.group(2).strip().split("\n"))
    return headers, bytes.fromhex(re.search(r"The body, in hex: `([0-9a-f]+)`", DOCS).group(1))


def test_the_worked_example_verifies():
    headers, body = example()
    key_id = signing.verify(
        "POST", "/gate/v1/status", "", headers, body,
        key_for=lambda key_id: KEY.public_key() if key_id == "dev-0011223344556677" else None,
        now_ms=SECOND * 1000, window=NonceWindow(),
    )  # fmt: skip
    assert key_id == "dev-0011223344556677"
    assert msgspec.msgpack.decode(body, type=StatusQuery).people == [bytes.fromhex("00112233445566778899aabbccddeeff")]
    assert KEY.public_key().public_bytes_raw().hex() in DOCS


def test_the_worked_example_is_what_our_own_client_sends():
    headers, body = example()
    signed = signing.sign(
        "POST", "/gate/v1/status", body, key=KEY, key_id="dev-0011223344556677", now_ms=SECOND * 1000, nonce=bytes(16)
    )
    assert signed == {name: headers[name] for name in signed}


def test_the_signature_base_is_as_shown():
    headers, _body = example()
    base = re.search(r"```text\n(.*?)\n```", DOCS, re.DOTALL).group(1)
    assert base.endswith(headers["signature-input"].removeprefix("gate="))
    KEY.public_key().verify(base64.b64decode(headers["signature"][6:-1]), base.encode())


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_call_is_listed_with_its_method_and_largest_body(name):
    call = CALLS[name]
    row = re.search(rf"^\| .*`{call.method} {name}(\?after=N|/NAME)?`.*$", DOCS, re.MULTILINE).group()
    cell = row.split("|")[3].strip()
    unit = {"kB": 1024, "MB": 1024 * 1024}
    assert int(cell.split()[0]) * unit.get(cell.partition(" ")[2], 1) == call.most


def test_every_error_is_listed_with_its_status():
    listed: dict[str, set[int]] = {}
    for codes, statuses in re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \| ([\d, ]+) \|", DOCS, re.MULTILINE):
        for code in re.findall(r"`([a-z_]+)`", codes):
            listed[code] = set(map(int, statuses.split(",")))
    assert set(listed) == set(PROBLEMS)
    for code, statuses in listed.items():
        assert PROBLEMS[code]["status"] in statuses


def test_the_error_that_is_shown_is_the_one_that_is_sent():
    shown = re.search(r"```json\n(.*?)\n```", DOCS, re.DOTALL).group(1)
    sent = ProblemError("clock_skew", at=SECOND * 1000).body("en")
    assert msgspec.json.decode(shown) == msgspec.json.decode(sent)
