"""What the lists and things look like. Fields may be added under /api/v1/; none is renamed, changed or taken away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from gatepass.policy import Outcome

# Words as they are, no enumerations of ours: two of one name would become one in the description.
SiteKind = Literal["estate", "service", "company", "school", "hospital", "care", "other"]
AlarmState = Literal["raised", "acknowledged", "cleared"]
WebhookState = Literal["active", "paused", "stopped"]
ApplicationState = Literal["sent", "approved", "refused", "withdrawn"]
Next = Annotated[str | None, Field(description="`cursor` of the next page; null: this is the last one")]
Ailing = Literal["no_directory", "knowledge_stale", "reader_unplugged", "reader_ill", "no_screen", "clock_wrong"]
Count = Annotated[int | None, Field(description="null: from 1 to 4, and hidden")]


class TokenThing(Schema):
    name: str
    scopes: list[str]
    community: int | None
    site: int | None
    company: int | None
    expires_at: datetime


class SiteThing(Schema):
    id: int
    name: str
    kind: SiteKind
    community: int
    community_name: str
    address: str
    time_zone: Annotated[str, Field(description="IANA; days of this place begin at its midnight")]
    gates: int


class Sites(Schema):
    items: list[SiteThing]
    next: Next


class Reader(Schema):
    family: str
    state: str


class Ailment(Schema):
    code: Ailing
    reader: Annotated[str, Field(description="family of the reader, where one is meant")]


class GateThing(Schema):
    id: int
    site: int
    name: str
    direction: Literal["in", "out"]
    state: Literal["no_device", "silent", "online", "offline"]
    ailments: Annotated[list[Ailment], Field(description="of a gate that is online; none: it is well")]
    heard_at: datetime | None
    software: str
    directory: Annotated[int | None, Field(description="version of the colours that it knows")]
    knowledge_at: Annotated[datetime | None, Field(description="when the centre said so")]
    clock_offset_ms: int | None
    waiting: Annotated[int | None, Field(description="records that it has not delivered yet")]
    readers: list[Reader]
    configured: Annotated[bool | None, Field(description="it uses what was set last; null: it cannot say")]


class Gates(Schema):
    items: list[GateThing]
    next: Next


class AlarmThing(Schema):
    id: int
    kind: str
    title: Annotated[str, Field(description="in the language that was asked for, as the next two")]
    sentence: str
    next_step: str
    state: AlarmState
    site: int | None
    gate: int | None
    raised_at: datetime
    last_at: datetime
    cleared_at: datetime | None
    count: Annotated[int, Field(description="how often it was noticed")]


class Alarms(Schema):
    items: list[AlarmThing]
    next: Next


class PassageThing(Schema):
    """No document, no reason and no sign of who it was: one person's movements are a tracing case."""

    id: str
    gate: int
    site: int
    at: Annotated[datetime, Field(description="to the second")]
    direction: Literal["in", "out"]
    outcome: Annotated[Outcome, Field(description="what the gate decided")]
    verdict: Annotated[Outcome, Field(description="what became of it in the end: the guard may have let in, or not")]


class Passages(Schema):
    items: list[PassageThing]
    next: Next


class HourThing(Schema):
    """People at one site in one hour that is over. An hour in which nobody came is not listed."""

    site: int
    day: Annotated[date, Field(description="of the town's time zone")]
    hour: Annotated[int, Field(ge=0, le=23)]
    begins_at: datetime
    entered: Count
    left: Count
    held: Count
    refused: Count


class Hours(Schema):
    items: list[HourThing]
    next: Next


class ResidentThing(Schema):
    """No document number and no telephone: whoever has them may ask by them, nobody is given them."""

    id: int
    site: int
    full_name: str
    latin_name: str
    birth: Annotated[str, Field(description="ISO 8601, possibly without day, or without month; empty: not known")]
    nationality: str
    language: str
    home: Annotated[str, Field(description="room, or the address as it was told")]
    registered_at: datetime
    changed_at: datetime


class Residents(Schema):
    items: list[ResidentThing]
    next: Next


class Registered(Schema):
    id: int
    registered: Annotated[bool, Field(description="false: the person was registered already, and is unchanged")]


class ApplicationThing(Schema):
    """What became of an application; what was told in it is the office's."""

    id: int
    site: int
    state: ApplicationState
    refusal: Annotated[str, Field(description="why the office said no: not_here, document, consent or twice")]
    sent_at: datetime
    decided_at: datetime | None
    resident: Annotated[int | None, Field(description="for whom it was approved")]


class Applications(Schema):
    items: list[ApplicationThing]
    next: Next


class EventThing(Schema):
    """Something that happened. It says which thing, never a name, a colour or a reason: ask for those."""

    id: Annotated[str, Field(description="the same when it is told again")]
    sequence: Annotated[int, Field(description="grows in the order in which things happened")]
    type: str
    timestamp: datetime
    data: dict[str, Any]


class Events(Schema):
    items: list[EventThing]
    next: Next


class WebhookThing(Schema):
    """An address of the program's own. Its secret was said once."""

    id: int
    url: str
    events: list[str]
    state: Annotated[WebhookState, Field(description="stopped: the receiver has answered 410")]
    created_at: datetime
    taken_at: Annotated[datetime | None, Field(description="when it last took an event")]
    failures: Annotated[int, Field(description="in a row, since then")]
    waiting: Annotated[int, Field(description="events on their way to it")]
    dead: Annotated[int, Field(description="events that were given up, and can be sent again")]


class Webhooks(Schema):
    items: list[WebhookThing]
    next: Next


class Subscribed(Schema):
    id: int
    secret: Annotated[str, Field(description="signs every event; it is said here and never again")]


class SecretRotated(Schema):
    secret: Annotated[str, Field(description="for a day the old one signs as well")]
    old_until: datetime


class Dropped(Schema):
    dropped: int


class Tested(Schema):
    event: Annotated[str, Field(description="id of the trial event that is on its way")]


class Replayed(Schema):
    replayed: Annotated[int, Field(description="events that are sent again")]


class CompanyThing(Schema):
    id: int
    name: str
    credit_code: str
    community: int


class Companies(Schema):
    items: list[CompanyThing]
    next: Next


class ColleagueThing(Schema):
    """Somebody on a company's list, as the company wrote it; what the town knows of the person is not told."""

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
    whereabouts: Literal["here", "away", "isolation"] | None
    changed_at: datetime


class Colleagues(Schema):
    items: list[ColleagueThing]
    next: Next


class Entered(Schema):
    id: int
    new: Annotated[bool, Field(description="false: the list had this document already, and was brought up to date")]
