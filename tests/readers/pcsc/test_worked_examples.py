"""The examples that ICAO publishes so that strangers' programs agree (Doc 9303 part 11, appendices D, G, H, I)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gatepass.identity import mrz
from gatepass.identity.emrtd import lds, tlv
from gatepass.readers.pcsc import access
from gatepass.readers.pcsc.frames import Answer, Command
from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.messaging import AUTHENTICATION, ENCRYPTION, PASSWORD, SecureMessaging, Suite

EXAMPLES = tomllib.loads(Path(__file__).with_name("worked_examples.toml").read_text())
PACE = EXAMPLES["pace"]


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


class Script:
    """The chip of an example: it knows one conversation."""

    def __init__(self, talk: list[list[str]]) -> None:
        self._lines = [(octets(command), octets(answer)) for command, answer in talk]

    def __call__(self, command: Command) -> Answer:
        expected, answer = self._lines.pop(0)
        assert command.octets.hex() == expected.hex()
        return Answer.parse(answer)

    @property
    def over(self) -> bool:
        return not self._lines


def test_the_keys_of_basic_access_are_those_of_appendix_d():
    bac = EXAMPLES["bac"]
    key = AccessKey.of_zone(bac["zone"])
    assert (key.information, key.seed) == (bac["information"], octets(bac["seed"]))
    # The appendix sets the parity bits, which are optional and which no cipher looks at (9.7.1.1).
    for counter, name in ((ENCRYPTION, "encryption"), (AUTHENTICATION, "authentication")):
        assert without_parity(Suite.DES3.key(key.seed, counter)) == without_parity(octets(bac[name]))


@pytest.mark.parametrize("example", EXAMPLES["long_numbers"], ids=lambda example: example["zone"][:16])
def test_a_number_of_more_than_nine_characters_opens_a_chip_as_appendix_d_says(example):
    assert AccessKey.of_zone(example["zone"]).information == example["information"]
    if not example.get("misprinted"):
        assert AccessKey.of(mrz.parse(example["zone"])).information == example["information"]


def test_basic_access_is_held_as_in_appendix_d(monkeypatch):
    bac = EXAMPLES["bac"]
    drawn = [octets(text) for text in bac["terminal"]]
    monkeypatch.setattr("gatepass.readers.pcsc.access.secrets.token_bytes", lambda count: drawn.pop(0))
    script = Script(bac["talk"])
    opened = access.basic_access(script, AccessKey.of_zone(bac["zone"]))
    assert script.over
    for message in bac["messages"]:
        wrapped = opened.session.wrap(Command.parse(octets(message["plain"])))
        assert wrapped.octets.hex() == octets(message["protected"]).hex()
        assert opened.session.unwrap(Answer.parse(octets(message["answer"]))).octets == octets(message["says"])


def test_messages_are_protected_as_in_appendix_d_with_its_keys():
    bac = EXAMPLES["bac"]
    session = SecureMessaging(
        Suite.DES3,
        octets(bac["session_encryption"]),
        octets(bac["session_authentication"]),
        int(bac["counter"], 16),
    )
    for message in bac["messages"]:
        assert session.wrap(Command.parse(octets(message["plain"]))).octets == octets(message["protected"])
        assert session.unwrap(Answer.parse(octets(message["answer"]))).octets == octets(message["says"])


@pytest.mark.parametrize("name", PACE)
def test_pace_is_held_byte_for_byte_as_published(name, monkeypatch):
    example = PACE[name]
    way = way_of(example)
    draw(example, monkeypatch)
    script = Script(example["talk"])
    opened = access.pace(script, way, AccessKey.made(*example.get("key", ("T22000129", "640812", "101031"))))
    assert script.over
    published = SecureMessaging(way.suite, octets(example["encryption"]), octets(example["authentication"]))
    assert opened.session.wrap(Command(0, 0xB0, 0, 0, b"x", 4)) == published.wrap(Command(0, 0xB0, 0, 0, b"x", 4))


def test_the_chip_of_appendix_i_proves_that_it_is_itself_and_no_other_does(monkeypatch):
    example = PACE["ecdh_chip_authentication"]
    draw(example, monkeypatch)
    opened = access.pace(Script(example["talk"]), way_of(example), AccessKey.made(*example["key"]))
    assert opened.chip_data.factor == int(example["chip_factor"].replace(" ", ""), 16)
    info = lds.security_infos(tlv.build(tlv.SET, octets(example["chip_key_info"])))
    assert access.is_chip_of(opened.chip_data, info)
    of_another = octets(example["chip_key_info"].replace("187270", "187271"))
    assert not access.is_chip_of(opened.chip_data, lds.security_infos(tlv.build(tlv.SET, of_another)))


def way_of(example: dict[str, Any]) -> access.Pace:
    (way,) = access.ways(lds.security_infos(tlv.build(tlv.SET, octets(example["info"]))))
    return way


def draw(example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the terminal of an example draws by chance."""
    secrets = [int(text.replace(" ", ""), 16) for text in example["terminal"]]
    monkeypatch.setattr("gatepass.readers.pcsc.groups.secrets.randbelow", lambda _: secrets.pop(0) - 1)
    if "nonce" in example:
        monkeypatch.setattr("gatepass.readers.pcsc.access.secrets.token_bytes", lambda _: octets(example["nonce"]))
    if "password_key" in example:
        derived = Suite.key

        def key(suite: Suite, secret: bytes, counter: int) -> bytes:
            return octets(example["password_key"]) if counter == PASSWORD else derived(suite, secret, counter)

        monkeypatch.setattr(Suite, "key", key)


def without_parity(key: bytes) -> bytes:
    return bytes(octet & 0xFE for octet in key)
