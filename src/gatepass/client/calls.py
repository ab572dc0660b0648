"""Every operation of the public API as a method. Lists are iterators: they fetch the next page when they need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2 as httpx
import msgspec

from gatepass.client import shapes
from gatepass.client.connection import Connection
from gatepass.client.shapes import Document, Registering, StaffEntry, Stay

Thing = TypeVar("Thing")


class Client:
    """One town, one token. May be used from one thread at a time; `with` closes it.

    `language`: of sentences, one of zh-hans, zh-hant, en, ko, ja. `tries`: of each call, in all. `patience`: seconds
    that all waiting of one call may take; the centre asks for a minute at most, but for an hour where too many document
    numbers were asked for, and then `TooManyError` comes at once. Times that you give carry their offset.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        language: str = "en",
        timeout: float = 10.0,
        tries: int = 4,
        patience: float = 90.0,
        page: int = 100,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._at = Connection(
            address,
            token,
            language=language,
            timeout=timeout,
            tries=tries,
            patience=patience,
            transport=transport,
        )
        self._page = page

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Client(…)"  # never the token

    def close(self) -> None:
        self._at.close()

    # Places and machines.

    def token(self) -> shapes.Token:
        return self._at.get("token", shapes.Token)

    def sites(self, *, community: int | None = None, kind: str | None = None) -> Iterator[shapes.Site]:
        return self._list("sites", shapes.Page[shapes.Site], {"community": community, "kind": kind}, keep=True)

    def site(self, site: int) -> shapes.Site:
        return self._at.get(f"sites/{site:d}", shapes.Site, keep=True)

    def gates(self, *, site: int | None = None, well: bool | None = None) -> Iterator[shapes.Gate]:
        return self._list("gates", shapes.Page[shapes.Gate], {"site": site, "well": well}, keep=True)

    def gate(self, gate: int) -> shapes.Gate:
        return self._at.get(f"gates/{gate:d}", shapes.Gate, keep=True)

    def alarms(self, *, site: int | None = None, state: str | None = None) -> Iterator[shapes.Alarm]:
        """The newest first."""
        return self._list("alarms", shapes.Page[shapes.Alarm], {"site": site, "state": state}, keep=True)

    def alarm(self, alarm: int) -> shapes.Alarm:
        return self._at.get(f"alarms/{alarm:d}", shapes.Alarm, keep=True)

    def statistics(self, first: date, last: date | None = None, *, site: int | None = None) -> Iterator[shapes.Hour]:
        """People by site and hour; at most 31 days."""
        asked = {"first": first, "last": last, "site": site}
        return self._list("statistics/hours", shapes.Page[shapes.Hour], asked, keep=True)

    def passages(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        site: int | None = None,
        gate: int | None = None,
        direction: str | None = None,
        outcome: str | None = None,
    ) -> Iterator[shapes.Passage]:
        """The newest first; without `since`, of the last day."""
        asked = {
            "since": since,
            "until": until,
            "site": site,
            "gate": gate,
            "direction": direction,
            "outcome": outcome,
        }
        return self._list("passages", shapes.Page[shapes.Passage], asked)

    # People: each look is on record, and the person sees it.

    def residents(self, *, site: int | None = None, changed_since: datetime | None = None) -> Iterator[shapes.Resident]:
        return self._list("residents", shapes.Page[shapes.Resident], {"site": site, "changed_since": changed_since})

    def resident(self, resident: int) -> shapes.Resident:
        return self._at.get(f"residents/{resident:d}", shapes.Resident)

    def register_resident(self, registering: Registering, *, key: str | None = None) -> shapes.Registered:
        return self._at.post("residents", registering, shapes.Registered, key)

    def resident_code(self, resident: int) -> shapes.Code:
        return self._at.get(f"residents/{resident:d}/code", shapes.Code)

    def applications(self, *, site: int | None = None, state: str | None = None) -> Iterator[shapes.Application]:
        """The newest first."""
        return self._list("applications", shapes.Page[shapes.Application], {"site": site, "state": state})

    def application(self, application: int) -> shapes.Application:
        return self._at.get(f"applications/{application:d}", shapes.Application)

    def events(self, *, after: int = 0, type: str | None = None) -> Iterator[shapes.Event]:  # noqa: A002 - its name
        """The oldest first; `after`: `sequence` of the last one that you have."""
        return self._list("events", shapes.Page[shapes.Event], {"after": after, "type": type})

    # The program's own webhooks.

    def webhooks(self) -> Iterator[shapes.Webhook]:
        return self._list("webhooks", shapes.Page[shapes.Webhook], {})

    def webhook(self, webhook: int) -> shapes.Webhook:
        return self._at.get(f"webhooks/{webhook:d}", shapes.Webhook)

    def subscribe(self, url: str, events: Iterable[str], *, key: str | None = None) -> shapes.Subscribed:
        """Keep the `secret`: `read_webhook` needs it, and it is said once."""
        return self._at.post("webhooks", {"url": url, "events": list(events)}, shapes.Subscribed, key)

    def change_webhook(
        self, webhook: int, url: str, events: Iterable[str], *, state: str = "active", key: str | None = None
    ) -> shapes.Webhook:
        """`state`: `active` or `paused`."""
        body = {"url": url, "events": list(events), "state": state}
        return self._at.post(f"webhooks/{webhook:d}", body, shapes.Webhook, key, method="PUT")

    def drop_webhook(self, webhook: int, *, key: str | None = None) -> shapes.Dropped:
        return self._at.post(f"webhooks/{webhook:d}", None, shapes.Dropped, key, method="DELETE")

    def rotate_webhook_secret(self, webhook: int, *, key: str | None = None) -> shapes.SecretRotated:
        """For a day the old one signs as well."""
        return self._at.post(f"webhooks/{webhook:d}/secret", None, shapes.SecretRotated, key)

    def test_webhook(self, webhook: int, *, key: str | None = None) -> shapes.Tested:
        return self._at.post(f"webhooks/{webhook:d}/tests", None, shapes.Tested, key)

    def replay_webhook(self, webhook: int, *, key: str | None = None) -> shapes.Replayed:
        """Sends once more all that was given up."""
        return self._at.post(f"webhooks/{webhook:d}/replays", None, shapes.Replayed, key)

    # Companies and their people.

    def companies(self) -> Iterator[shapes.Company]:
        return self._list("companies", shapes.Page[shapes.Company], {})

    def company(self, company: int) -> shapes.Company:
        return self._at.get(f"companies/{company:d}", shapes.Company)

    def colleagues(self, company: int, *, changed_since: datetime | None = None) -> Iterator[shapes.Colleague]:
        asked = {"changed_since": changed_since}
        return self._list(f"companies/{company:d}/staff", shapes.Page[shapes.Colleague], asked)

    def colleague(self, company: int, colleague: int) -> shapes.Colleague:
        return self._at.get(f"companies/{company:d}/staff/{colleague:d}", shapes.Colleague)

    def enter_colleague(self, company: int, entry: StaffEntry, *, key: str | None = None) -> shapes.Entered:
        return self._at.post(f"companies/{company:d}/staff", entry, shapes.Entered, key)

    # The seven interfaces of GB/T 38963.

    def health_declaration(
        self,
        person: Document,
        symptoms: Iterable[str] = (),
        *,
        temperature: float | None = None,
        contact: bool = False,
        key: str | None = None,
    ) -> shapes.Recorded:
        """`temperature` in °C, to a tenth; `contact`: was near somebody who is ill."""
        body = {"person": person, "symptoms": list(symptoms), "temperature": temperature, "contact": contact}
        return self._at.post("health-declarations", body, shapes.Recorded, key)

    def trip_declaration(self, person: Document, stays: Iterable[Stay], *, key: str | None = None) -> shapes.Recorded:
        return self._at.post("trip-declarations", {"person": person, "stays": list(stays)}, shapes.Recorded, key)

    def health_query(self, person: Document, *, key: str | None = None) -> shapes.Code:
        return self._at.post("health-queries", {"person": person}, shapes.Code, key)

    def code_application(
        self, registering: Registering, symptoms: Iterable[str] = (), *, key: str | None = None
    ) -> shapes.Applied:
        body = {**_plain(registering), "symptoms": list(symptoms)}
        return self._at.post("code-applications", body, shapes.Applied, key)

    def code_making(self, person: Document, *, key: str | None = None) -> shapes.CodeMade:
        """The code that was made before is void."""
        return self._at.post("code-makings", {"person": person}, shapes.CodeMade, key)

    def code_verifying(self, text: str, *, key: str | None = None) -> shapes.CodeVerified:
        return self._at.post("code-verifications", {"text": text}, shapes.CodeVerified, key)

    def health_correction(
        self, person: Document, about: str, words: str, *, key: str | None = None
    ) -> shapes.CorrectionSent:
        """`about`: `not_me`, `wrong_fact`, `over` or `other`."""
        body = {"person": person, "about": about, "words": words}
        return self._at.post("health-corrections", body, shapes.CorrectionSent, key)

    def _list(
        self, path: str, pages: type[shapes.Page[Thing]], asked: Mapping[str, Any], *, keep: bool = False
    ) -> Iterator[Thing]:
        cursor: str | None = None
        while True:
            page = self._at.get(path, pages, {**asked, "limit": self._page, "cursor": cursor}, keep=keep)
            yield from page.items
            cursor = page.next
            if cursor is None:
                return


def _plain(registering: Registering) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(registering)
    return built
