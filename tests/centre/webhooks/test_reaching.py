"""No address of a stranger opens a door behind the town's own wall."""

from __future__ import annotations

import socket

import pytest

from gatepass.centre.webhooks import reaching
from gatepass.centre.webhooks.reaching import RefusedAddressError, Rules, post

ANYWHERE = Rules()
OWN = Rules.of("", "10.1.0.0/16 fd00:1::/64")


def refused(rules: Rules, url: str, number: str = "93.184.216.34") -> str:
    """The code with which it is refused, its name being this number; empty: it is not."""
    parts = url.split("/")[2]
    try:
        rules.check(url)
        rules._check_number(reaching.ipaddress.ip_address(number), plain=url.startswith("http:"))
    except RefusedAddressError as error:
        return error.code
    return "" if parts else "?"


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example/", "https://", "https://user@x.example/", "https://user:pw@x.example/", "//x.example", "x",
     "https://x.example:0/", "https://x.example:99999/", "https://x.example/#part", "https://x.example/ b",
     "javascript:alert(1)", "https://[::1", "file:///etc/passwd", "https://例え.example/"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError) as error:
        Rules.of("", "0.0.0.0/0").check(url)
    assert error.value.code == "url"


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:db8::1"],
)  # fmt: skip
def test_private_numbers_are_refused_however_they_are_written(number: str) -> None:
    assert refused(ANYWHERE, "https://x.example/", number) == "network"
    assert refused(OWN, "https://x.example/", number) == "network"


def test_public_numbers_and_the_towns_own_networks_are_reached() -> None:
    assert refused(ANYWHERE, "https://x.example/hook?a=b") == ""
    assert refused(ANYWHERE, "https://x.example/", "2606:2800:220:1:248:1893:25c8:1946") == ""
    assert refused(OWN, "https://intern.example/", "10.1.2.3") == ""
    assert refused(OWN, "http://intern.example/", "10.1.2.3") == ""
    assert refused(OWN, "http://intern.example/", "::ffff:10.1.2.3") == ""
    assert refused(OWN, "http://x.example/") == "plain"
    assert refused(ANYWHERE, "http://x.example/") == "plain"


def test_only_hosts_that_are_named_where_any_are() -> None:
    rules = Rules.of("hospital.example.org", "")
    assert refused(rules, "https://hospital.example.org/x") == ""
    assert refused(rules, "https://HOSPITAL.example.org./x") == ""
    assert refused(rules, "https://hospital.example.org.evil.example/x") == "host"


def test_a_name_with_one_private_number_among_public_ones_is_refused(monkeypatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    answer = post("https://x.example/", {}, b"{}", ANYWHERE)
    assert (answer.status, answer.detail) == (0, "address_network")


def test_a_name_that_points_elsewhere_a_moment_later_changes_nothing(monkeypatch) -> None:
    """DNS rebinding: looked up once; what is connected to is the number that was checked."""
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: next(answers))
    reached = []

    def create_connection(address, *_a, **_k):
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    assert post("https://x.example/", {}, b"{}", ANYWHERE).detail == "ConnectError"
    assert reached == ["93.184.216.34"]


def test_a_name_that_is_unknown_is_a_failed_try(monkeypatch) -> None:
    def nobody(*_a, **_k):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert post("https://x.example/", {}, b"{}", ANYWHERE).detail == "address_unknown"
