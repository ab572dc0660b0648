"""One call over HTTP: the token, the language, patience, idempotency keys, and what was answered before.

A call is tried again, `tries` times in all, where that can help and can do no harm: after no connection, 429 and 5xx.
A deed carries an Idempotency-Key of its own, so that the second try of one that had been done gets its answer. The wait
is what `Retry-After` says, as far as `patience` reaches; else a second, doubled each time, and blurred by half, so that
a thousand programs do not come back at once.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import httpx2 as httpx
import msgspec

from gatepass.client.errors import NoAnswerError, error_class

Thing = TypeVar("Thing")

REMEMBERED: Final = 200
"""Answers that are kept to be asked for again: the centre says 304 where they still hold."""


class _Problem(msgspec.Struct):
    code: str = "unreadable"
    title: str = ""
    fields: dict[str, str | int] = {}


class Connection:
    def __init__(
        self,
        address: str,
        token: str,
        *,
        language: str,
        timeout: float,
        tries: int,
        patience: float,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1/",
            headers={
                "Authorization": f"Bearer {token}",
                "Accept-Language": language,
                "User-Agent": "gatepass-client/1",
            },
            timeout=timeout,
            transport=transport,
            # A redirect would carry the token to whoever answers.
            follow_redirects=False,
        )
        self._tries, self._patience, self._sleep = tries, patience, sleep
        self._known: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def close(self) -> None:
        self._http.close()

    def get(
        self, path: str, gives: type[Thing], asked: Mapping[str, Any] | None = None, *, keep: bool = False
    ) -> Thing:
        """`keep`: remember the answer, for things that are about nobody."""
        plain = {name: _written(value) for name, value in (asked or {}).items() if value is not None}
        request = self._http.build_request("GET", path, params=plain)
        known = self._known.get(str(request.url)) if keep else None
        if known is not None:
            request.headers["If-None-Match"] = known[0]
        answer = self._answer(request)
        if answer.status_code == 304 and known is not None:
            return msgspec.json.decode(known[1], type=gives)
        if keep and "ETag" in answer.headers:
            self._known[str(request.url)] = (answer.headers["ETag"], answer.content)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return _read(answer.content, gives)

    def post(self, path: str, body: Any, gives: type[Thing], key: str | None = None, *, method: str = "POST") -> Thing:
        """A deed. `key`: the Idempotency-Key; one is made where none is given."""
        request = self._http.build_request(
            method,
            path,
            content=b"" if body is None else msgspec.json.encode(body),
            headers={"Content-Type": "application/json", "Idempotency-Key": key or uuid.uuid4().hex},
        )
        return _read(self._answer(request).content, gives)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        left = self._patience
        for tried in range(1, self._tries + 1):
            last = tried == self._tries
            try:
                answer = self._http.send(request)
            except httpx.HTTPError as error:
                if last:
                    raise NoAnswerError(type(error).__name__) from None
                wait = _blurred(tried)
            else:
                if answer.status_code < 300 or answer.status_code == 304:
                    return answer
                if answer.status_code < 400:
                    raise NoAnswerError("redirect")
                said = _seconds(answer.headers.get("Retry-After"))
                wait = _blurred(tried) if said is None else said
                if last or wait > left or not (answer.status_code == 429 or answer.status_code >= 500):
                    raise _refusal(answer, said)
            left -= wait
            self._sleep(wait)
        raise AssertionError("unreachable")


def _blurred(tried: int) -> float:
    return float(2 ** (tried - 1)) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def _seconds(said: str | None) -> float | None:
    return float(said) if said and said.isascii() and said.isdigit() else None


def _refusal(answer: httpx.Response, retry_after: float | None) -> Exception:
    try:
        told = msgspec.json.decode(answer.content, type=_Problem)
    except msgspec.DecodeError:
        told = _Problem()
    kind = error_class(answer.status_code)
    return kind(told.code, told.title, answer.status_code, told.fields, retry_after)


def _read(content: bytes, gives: type[Thing]) -> Thing:
    try:
        return msgspec.json.decode(content, type=gives)
    except msgspec.DecodeError as error:
        # The message names the field, never its value.
        raise NoAnswerError(f"not as described: {error}") from None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
