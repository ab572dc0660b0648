"""What comes and goes, field by field as the OpenAPI document has it; a test compares the two.

Words (states, colours, kinds) are `str`, not enumerations: a centre that is newer than this file may have one more.
Fields that this file does not know are left out of what you get, for the same reason.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

Thing = TypeVar("Thing")


class Token(msgspec.Struct, frozen=True):
    name: str
    scopes: list[str]
    community: int | None
    site: int | None
    company: int | None
    expires_at: datetime


class Site(msgspec.Struct, frozen=True):
    id: int
    name: str
    kind: str
    community: int
    community_name: str
    address: str
    time_zone: str
    gates: int


class Reader(msgspec.Struct, frozen=True):
    family: str
    state: str


class Ailment(msgspec.Struct, frozen=True):
    code: str
    reader: str


class Gate(msgspec.Struct, frozen=True):
    id: int
    site: int
    name: str
    direction: str
    state: str
    ailments: list[Ailment]
    heard_at: datetime | None
    software: str
    directory: int | None
    knowledge_at: datetime | None
    clock_offset_ms: int | None
    waiting: int | None
    readers: list[Reader]
    configured: bool | None


class Alarm(msgspec.Struct, frozen=True):
    id: int
    kind: str
    title: str
    sentence: str
    next_step: str
    state: str
    site: int | None
    gate: int | None
    raised_at: datetime
    last_at: datetime
    cleared_at: datetime | None
    count: int


class Passage(msgspec.Struct, frozen=True):
    id: str
    gate: int
    site: int
    at: datetime
    direction: str
    outcome: str
    verdict: str


class Hour(msgspec.Struct, frozen=True):
    """Counts are None where they are from 1 to 4: hidden."""

    site: int
    day: date
    hour: int
    begins_at: datetime
    entered: int | None
    left: int | None
    held: int | None
    refused: int | None


class Resident(msgspec.Struct, frozen=True):
    id: int
    site: int
    full_name: str
    latin_name: str
    birth: str
    nationality: str
    language: str
    home: str
    registered_at: datetime
    changed_at: datetime

    def __repr__(self) -> str:
        return f"Resident(id={self.id})"  # names belong into no log


class Registered(msgspec.Struct, frozen=True):
    id: int
    registered: bool


class Code(msgspec.Struct, frozen=True):
    """No colour: registered, without a valid code."""

    colour: str | None
    advice: str
    valid_until: datetime | None
    as_of: datetime


class Application(msgspec.Struct, frozen=True):
    id: int
    site: int
    state: str
    refusal: str
    sent_at: datetime
    decided_at: datetime | None
    resident: int | None


class Event(msgspec.Struct, frozen=True):
    """Something that happened: by a webhook, or read from the list. `data` names things by number."""

    id: str
    sequence: int
    type: str
    timestamp: datetime
    data: dict[str, Any]


class Webhook(msgspec.Struct, frozen=True):
    id: int
    url: str
    events: list[str]
    state: str
    created_at: datetime
    taken_at: datetime | None
    failures: int
    waiting: int
    dead: int


class Subscribed(msgspec.Struct, frozen=True):
    id: int
    secret: str
    """For `read_webhook`; said once."""

    def __repr__(self) -> str:
        return f"Subscribed(id={self.id})"


class SecretRotated(msgspec.Struct, frozen=True):
    secret: str
    old_until: datetime

    def __repr__(self) -> str:
        return "SecretRotated(…)"


class Dropped(msgspec.Struct, frozen=True):
    dropped: int


class Tested(msgspec.Struct, frozen=True):
    event: str


class Replayed(msgspec.Struct, frozen=True):
    replayed: int


class Company(msgspec.Struct, frozen=True):
    id: int
    name: str
    credit_code: str
    community: int


class Colleague(msgspec.Struct, frozen=True):
    id: int
    company: int
    full_name: str
    latin_name: str
    nationality: str
    employee_number: str
    department: str
    since: date | None
    until: date | None
    permit_until: date | None
    whereabouts: str | None
    changed_at: datetime

    def __repr__(self) -> str:
        return f"Colleague(id={self.id})"


class Entered(msgspec.Struct, frozen=True):
    id: int
    new: bool


class Recorded(msgspec.Struct, frozen=True):
    recorded: int


class Applied(msgspec.Struct, frozen=True):
    registered: bool


class CodeMade(msgspec.Struct, frozen=True):
    text: str
    serial: str
    expires: datetime


class CodeVerified(msgspec.Struct, frozen=True):
    outcome: str
    reasons: list[str]
    sentence: str
    format: str
    status: Code | None


class CorrectionSent(msgspec.Struct, frozen=True):
    due: datetime


class Page(msgspec.Struct, Generic[Thing], frozen=True):
    items: list[Thing]
    next: str | None


class Document(msgspec.Struct, frozen=True):
    """What somebody shows: `kind` as in the OpenAPI document (`resident_card`, `passport` …)."""

    kind: str
    number: str
    issuer: str = ""
    """ISO 3166-1 alpha-3; needed for passports."""

    def __repr__(self) -> str:
        return f"Document({self.kind!r})"


class Registering(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody to register. `consent`: `told_staff`, `on_paper` or `by_law`."""

    person: Document
    site: int
    full_name: str
    consent: str
    latin_name: str = ""
    birth: date | None = None
    nationality: str = ""
    language: str | None = None
    phone: str = ""
    address: str = ""

    def __repr__(self) -> str:
        return f"Registering(site={self.site})"


class Permit(msgspec.Struct, frozen=True):
    number: str
    valid_until: date


class StaffEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of a company's people. What is left out stays as it was."""

    person: Document
    full_name: str
    latin_name: str = ""
    nationality: str = ""
    employee_number: str = ""
    department: str = ""
    since: date | None = None
    until: date | None = None
    permit: Permit | None = None

    def __repr__(self) -> str:
        return "StaffEntry(…)"


class Stay(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where somebody was: `region` is a code of GB/T 2260, or ISO 3166-1 alpha-3. Times with their offset."""

    region: str
    at: datetime
    until: datetime | None = None
    transit: bool = False
