"""Which servers both browsers of a conversation are told: with a shared secret, each a log-in that soon runs out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine

from gatepass.centre.configuration import Configuration
from gatepass.centre.interpreting.exchange import TURN_LIVES, ice_servers

RUNS_OUT = 1_795_955_917
RELAY = "turn:relay.example.org:3478"


def told(settings, **said: Any) -> list[dict[str, str]]:
    settings.CONFIGURATION = Configuration(address="http://127.0.0.1:8600", **said)
    with time_machine.travel(datetime.fromtimestamp(RUNS_OUT, UTC) - TURN_LIVES, tick=False):
        return ice_servers()


def test_on_one_network_there_is_none(settings) -> None:
    assert told(settings) == []


def test_a_shared_secret_makes_a_log_in_that_coturn_takes(settings) -> None:
    # printf 1795955917:gatepass | openssl dgst -sha1 -hmac s3cr3t -binary | base64
    assert told(settings, stun="stun:relay.example.org", turn=RELAY, turn_secret="s3cr3t") == [
        {"urls": "stun:relay.example.org"},
        {"urls": RELAY, "username": f"{RUNS_OUT}:gatepass", "credential": "VbkeBQzweorpjtfP52VYraM0EwY="},
    ]


def test_without_one_the_servers_own_log_in_is_told(settings) -> None:
    assert told(settings, turn=RELAY, turn_user="gate", turn_password="p4ss") == [
        {"urls": RELAY, "username": "gate", "credential": "p4ss"}
    ]
