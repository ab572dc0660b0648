"""What is known about a person that a colour may depend on: typed facts, as JSON.

    {"birth": "1941-03-12",
     "facts": [{"kind": "stay", "at": "2020-02-01T00:00:00+08:00", "until": "2020-02-03T18:00:00+08:00",
                "data": {"region": "420100"}}]}

`at` is when it was so: the day of the contact, the taking of the sample, the beginning of the stay. `until` is its end,
not included; a point in time has none, and neither has what still goes on. What belongs into `data` is said by the kind
of the fact: `DATA` below. Nothing here names a person or a document.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

from gatepass.policy.certlogic.values import NoSuchDateError, ms_of_text

Region = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[A-Z]{3})$")]
"""A division of China by GB/T 2260 (province 2 digits, city 4, district 6), or a state by ISO 3166-1 alpha-3."""
Tenths = Annotated[int, msgspec.Meta(ge=300, le=450)]
"""A body temperature in tenths of a degree Celsius: rules know whole numbers only."""
Pathogen = Literal["sars_cov_2", "influenza", "rsv", "other"]
Symptom = Literal[
    "fever", "cough", "sore_throat", "runny_nose", "breathless", "fatigue", "muscle_pain", "taste_smell", "diarrhoea",
    "vomiting", "rash", "other",
]  # fmt: skip


FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""Nobody remembers more, or plans farther. A year 1 or 9999 is a slip, and no calendar goes beyond them."""


class FactKind(StrEnum):
    """The value is stored and stands in policies: never rename one."""

    DECLARATION = "declaration"
    TEMPERATURE = "temperature"
    STAY = "stay"
    ARRIVAL = "arrival"
    CONTACT = "contact"
    TEST = "test"
    VACCINATION = "vaccination"
    CASE = "case"
    QUARANTINE = "quarantine"
    ROLE = "role"
    EXEMPTION = "exemption"


class Declaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person says of their own health, on one day. `at` is when they said it."""

    symptoms: list[Symptom] = []
    temperature: Tenths | None = None
    contact: bool = False
    """Says: I was near somebody who is ill."""
    travelled: bool = False
    """Says: I was elsewhere in the days that the form asks for. The stays are facts of their own."""


class Temperature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measured by somebody else: at a gate, in a daily report."""

    tenths: Tenths


class Stay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Was in a region, from `at` to `until`."""

    region: Region
    transit: bool = False
    """Changed trains there, did not leave the station."""


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Came into the country, at `at`."""

    origin: Region
    """Where the journey began."""
    port: str = ""
    """Where the border was crossed, as the port calls itself."""


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Was near a case; `at` is the last time. `household` lives together; `close` was within a metre or in one room;
    `cohort` belongs to the same ward or class; `venue` was there at the same time; `secondary` met a close contact."""

    degree: Literal["household", "close", "cohort", "venue", "secondary"]


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`at` is when the sample was taken."""

    __test__ = False  # pytest: this is no test

    method: Literal["pcr", "antigen", "antibody"]
    result: Literal["positive", "negative", "invalid", "pending"]
    pathogen: Pathogen = "sars_cov_2"


class Vaccination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    against: Literal["sars_cov_2", "influenza", "rsv", "pneumococcus"] = "sars_cov_2"
    dose: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    complete: bool = False
    """This dose completes the series (or is a booster)."""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Is ill, by a doctor's word; `at` is the diagnosis, `until` the recovery."""

    status: Literal["confirmed", "asymptomatic", "suspected"]
    pathogen: Pathogen = "sars_cov_2"


class Quarantine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Is to stay away from others, from `at` to `until`; without `until`, until it is ended."""

    form: Literal["hospital", "central", "home", "monitoring"]
    """`monitoring` is the time after a quarantine in which one reports and avoids crowds."""


class RoleHere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person is at the site."""

    role: Literal["resident", "staff", "visitor", "supplier", "crew"]


class Exemption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A doctor or the office has decided that something need not be shown."""

    of: Literal["test", "vaccination", "declaration"]


DATA: Final[dict[FactKind, type[msgspec.Struct]]] = {
    FactKind.DECLARATION: Declaration,
    FactKind.TEMPERATURE: Temperature,
    FactKind.STAY: Stay,
    FactKind.ARRIVAL: Arrival,
    FactKind.CONTACT: Contact,
    FactKind.TEST: Test,
    FactKind.VACCINATION: Vaccination,
    FactKind.CASE: Case,
    FactKind.QUARANTINE: Quarantine,
    FactKind.ROLE: RoleHere,
    FactKind.EXEMPTION: Exemption,
}


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: FactKind
    at: datetime
    """Aware."""
    until: datetime | None = None
    data: dict[str, Any] = {}

    def __repr__(self) -> str:
        # What somebody has is nobody's business in a log.
        return f"Fact({self.kind})"


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of one person, in no order."""

    birth: str = ""
    """ISO 8601, possibly without day, or without day and month; empty where nobody knows."""
    facts: tuple[Fact, ...] = ()


class FactError(ValueError):
    """Not a fact. `code` is `fact_data`, `fact_times`, `fact_moment` or `fact_birth`; `field` is where it is wrong.

    The message holds no value: facts are about people.
    """

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{code}: {field}")
        self.code = code
        self.field = field


_PLACE = re.compile(r"(?:field|at) `(?:\$\.?)?([^`]*)`$")


def _field(error: Exception) -> str:
    """The field that msgspec's message names; the rest of the message could repeat what was written there."""
    found = _PLACE.search(str(error))
    return found[1] if found else ""


def checked_data(kind: FactKind, data: Any) -> dict[str, Any]:
    """`data` as this kind of fact has it, defaults filled in; FactError `fact_data` with the field otherwise."""
    try:
        typed = msgspec.convert(data, DATA[kind])
    except msgspec.ValidationError as error:
        raise FactError("fact_data", _field(error)) from None
    plain: dict[str, Any] = msgspec.to_builtins(typed)
    return plain


def checked(kind: FactKind, at: datetime, until: datetime | None, data: Any) -> Fact:
    """A fact whose data are of its kind and whose times are aware and in order; FactError otherwise."""
    for name, moment in (("at", at), ("until", until)):
        if moment is None:
            continue
        if moment.utcoffset() is None:
            raise FactError("fact_moment", name)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise FactError("fact_data", name)
    if until is not None and until < at:
        raise FactError("fact_times", "until")
    return Fact(kind, at, until, checked_data(kind, data))


def read_facts(raw: bytes | str) -> Facts:
    """Facts from JSON, every one checked; FactError otherwise."""
    try:
        facts = msgspec.json.decode(raw, type=Facts)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FactError("fact_data", _field(error)) from None
    if facts.birth:
        check_birth(facts.birth)
    return Facts(facts.birth, tuple(checked(each.kind, each.at, each.until, each.data) for each in facts.facts))


def check_birth(text: str) -> None:
    """FactError `fact_birth` where there is no such day, month or year."""
    try:
        ms_of_text(text, date_only=True)
    except NoSuchDateError:
        raise FactError("fact_birth", "birth") from None
