"""To which addresses anything is sent at all, and the one way to send it.

Whoever may name an address could make the centre knock at doors behind the town's own wall (SSRF): the router, another
server, the centre itself. So:

1. https, to a name or number that is public. A network of one's own has to be named in the settings
   (GATEPASS_CENTRE_WEBHOOK_NETWORKS), and then plain http is allowed there as well.
2. Where GATEPASS_CENTRE_WEBHOOK_HOSTS names hosts, no other one is reached.
3. The name is looked up once for each sending, every number that it has is checked, and the connection goes to one of
   the numbers that were checked: a name that points elsewhere a moment later (DNS rebinding) changes nothing.
4. A redirect is not followed, no proxy of the environment is asked, the whole takes ten seconds at most, and of the
   answer nothing is read but its first line and its headers.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore2 as httpcore

DEADLINE_S: Final = 10.0
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class RefusedAddressError(Exception):
    """Nothing is sent there. `code`: `url`, `plain`, `host`, `unknown` (no such name) or `network`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rules:
    hosts: frozenset[str] = frozenset()
    """Empty: any host. A dot in front: every host below it."""
    networks: tuple[Network, ...] = ()
    """Of one's own, which may be reached."""

    @classmethod
    def of(cls, hosts: str, networks: str) -> Rules:
        """From the settings: words with spaces between. ValueError for what is no network."""
        return cls(frozenset(hosts.lower().split()), tuple(ipaddress.ip_network(word) for word in networks.split()))

    def check(self, url: str) -> None:
        """What can be said without looking anything up. RefusedAddressError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise RefusedAddressError("url") from None
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in {"https", "http"} or not host or parts.username is not None or parts.fragment:
            raise RefusedAddressError("url")
        if port == 0 or not url.isascii() or not url.isprintable() or " " in url:
            raise RefusedAddressError("url")
        if parts.scheme == "http" and not self.networks:
            raise RefusedAddressError("plain")
        if self.hosts and not any(host == one or (one[0] == "." and host.endswith(one)) for one in self.hosts):
            raise RefusedAddressError("host")

    def addresses(self, host: str, port: int, *, plain: bool) -> list[str]:
        """The numbers of a host, all of them fit to be reached. RefusedAddressError."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise RefusedAddressError("unknown") from None
        numbers = list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found))
        for number in numbers:
            self._check_number(ipaddress.ip_address(number), plain=plain)
        return numbers

    def _check_number(self, number: Address, *, plain: bool) -> None:
        number = _inner(number)
        if any(number.version == network.version and number in network for network in self.networks):
            return
        if plain:
            raise RefusedAddressError("plain")
        if not number.is_global or number.is_multicast:
            raise RefusedAddressError("network")


def _inner(number: Address) -> Address:
    """The IPv4 number that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
    if inner is None and number in _NAT64:
        inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return inner or number


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` 0: nothing did, and `detail` says why in a word."""

    status: int
    detail: str
    took_ms: int
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, headers: Mapping[str, str], body: bytes, rules: Rules) -> Answer:
    """Blocks for DEADLINE_S at most, and for the system's own patience while a name is looked up. Never raises."""
    began = time.monotonic()

    def answered(status: int, detail: str, retry_after: float | None = None) -> Answer:
        return Answer(status, detail[:60], int((time.monotonic() - began) * 1000), retry_after)

    try:
        rules.check(url)
        backend = _Checked(rules, plain=url.startswith("http:"), until=began + DEADLINE_S)
        with (
            httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
        ):
            told = {name.lower(): value for name, value in response.headers}
            return answered(response.status, str(response.status), _seconds(told.get(b"retry-after", b"")))
    except RefusedAddressError as error:
        return answered(0, f"address_{error.code}")
    except Exception as error:  # noqa: BLE001 - whatever a stranger's server does, it is a failed try
        late = time.monotonic() - began >= DEADLINE_S
        return answered(0, "too_slow" if late else type(error).__name__)


def _seconds(said: bytes) -> float | None:
    return float(said) if said.isdigit() and len(said) < 8 else None


class _Stream(httpcore.NetworkStream):
    """No single byte may come late, and not all of them together either."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - ours is shorter
        return self._inner.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, self._left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._left()), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Checked(httpcore.NetworkBackend):
    """Connects to a number that was checked, whatever the name says a moment later."""

    def __init__(self, rules: Rules, *, plain: bool, until: float) -> None:
        self._rules, self._plain, self._until = rules, plain, until
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours is shorter
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError()
        for number in self._rules.addresses(host, port, plain=self._plain):
            left = self._until - time.monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout
            try:
                stream = self._inner.connect_tcp(number, port, left / 2, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self._until)
        raise failed

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(min(seconds, 1.0))
