"""What the seven interfaces take and give. The descriptions stand in the OpenAPI document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from gatepass.identity import DocumentKind
from gatepass.policy import Advice, Colour, Outcome
from gatepass.policy.colours.facts import Symptom

Text = Annotated[str, Field(max_length=120)]


def sensible_day(day: date | None) -> date | None:
    """Of this and the last century: no calendar of ours reckons beyond."""
    if day is not None and not 1900 <= day.year <= 2199:
        raise ValueError
    return day


def sensible_moment(moment: datetime) -> datetime:
    """With its offset, and within a century: beyond, a clock of some time zone has no number for it."""
    if not 1990 <= moment.year <= 2199:
        raise ValueError
    return moment


Day = Annotated[date, AfterValidator(sensible_day)]
Moment = Annotated[AwareDatetime, AfterValidator(sensible_moment)]


class Strict(Schema):
    """A field that nobody knows is a mistake in the caller's program, and is said."""

    model_config = ConfigDict(extra="forbid")


class Person(Strict):
    """Whose document it is. Numbers travel in the body only, never in an address."""

    kind: DocumentKind
    number: Annotated[str, Field(min_length=1, max_length=64)]
    issuer: Annotated[str, Field(max_length=3, description="ISO 3166-1 alpha-3; needed for passports")] = ""


class HealthDeclaration(Strict):
    person: Person
    symptoms: Annotated[list[Symptom], Field(max_length=12)] = []  # noqa: RUF012 - pydantic copies a default
    temperature: Annotated[float, Field(ge=30, le=45, description="°C, to a tenth")] | None = None
    contact: Annotated[bool, Field(description="was near somebody who is ill")] = False


class Stay(Strict):
    region: Annotated[
        str, Field(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[A-Z]{3})$", description="GB/T 2260, or ISO 3166-1 alpha-3")
    ]
    at: Annotated[datetime, Field(description="with its offset")]
    until: datetime | None = None
    transit: bool = False


class TripDeclaration(Strict):
    person: Person
    stays: Annotated[list[Stay], Field(min_length=1, max_length=30)]


class Recorded(Schema):
    recorded: int


class HealthQuery(Strict):
    person: Person


class HealthStatus(Schema):
    """Words, never numbers: real systems disagree on what 0, 1 and 2 mean. No colour: registered, without a code."""

    colour: Colour | None
    advice: Advice
    valid_until: datetime | None
    as_of: datetime


class Registering(Strict):
    """Somebody whom the town may not know yet. Registered already: the same person again, and nothing is changed."""

    person: Person
    site: Annotated[int, Field(ge=1, le=2**53 - 1, description="where the person lives or works")]
    full_name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S")]
    latin_name: Text = ""
    birth: Annotated[date | None, AfterValidator(sensible_day)] = None
    nationality: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    language: Annotated[
        Literal["zh-hans", "zh-hant", "en", "ko", "ja"] | None, Field(description="empty: by the nationality")
    ] = None
    phone: Annotated[str, Field(max_length=30)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    consent: Annotated[
        Literal["told_staff", "on_paper", "by_law"], Field(description="how the person agreed that you apply for them")
    ]


class CodeApplication(Registering):
    symptoms: Annotated[list[Symptom], Field(max_length=12)] = []  # noqa: RUF012 - pydantic copies a default


class Applied(Schema):
    registered: Annotated[bool, Field(description="false: the person was registered already")]


class CodeMaking(Strict):
    person: Person


class CodeMade(Schema):
    """The text for the QR code of a paper. The one that was made before is void."""

    text: str
    serial: str
    expires: datetime


class CodeVerifying(Strict):
    text: Annotated[str, Field(max_length=8192)]


class CodeVerified(Schema):
    outcome: Outcome
    reasons: list[str]
    sentence: Annotated[str, Field(description="what to say, in the language that was asked for")]
    format: str
    status: Annotated[HealthStatus | None, Field(description="where the code is good and the person known")]


class HealthCorrection(Strict):
    person: Person
    about: Literal["not_me", "wrong_fact", "over", "other"]
    words: Annotated[str, Field(min_length=1, max_length=2000)]


class CorrectionSent(Schema):
    due: Annotated[datetime, Field(description="by when the office answers")]
