"""What the board shows of today, in the active language: one dictionary, drawn by one template, on page and live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import nsmallest
from typing import Any

from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.codes.models import CodeChange
from gatepass.centre.insights.access import sees_small_counts
from gatepass.centre.insights.stages import STAGE_WORDS, at_the_gate_ms, slowest, timings
from gatepass.centre.passages.access import LogGates, access_log_gates, access_passages, masked_names
from gatepass.centre.passages.days import DAY_MS
from gatepass.centre.passages.figures import Figures, day_figures
from gatepass.centre.passages.log import Filters, Passage
from gatepass.centre.passages.storage import now_ms, passage_log, town_days, town_zone
from gatepass.centre.passages.words import active_language, document_word, how_long, outcome_word, reason_words
from gatepass.centre.people.access import met_by
from gatepass.centre.privacy.suppression import suppress
from gatepass.centre.sites.ailments import ONLINE_WITHIN, is_well
from gatepass.centre.sites.health import Condition, condition_of
from gatepass.centre.sites.models import Device, Gate
from gatepass.languages import Language
from gatepass.policy import Colour, Outcome
from gatepass.policy.reasons import COLOURS, KINDS, METHODS

LATEST = 12
MOST_GATES = 20
MOST_REASONS = 5
MOST_CHANGES = 5000
"""Of colour, that a board looks at; beyond that it says "at least"."""
_BY_NAME = ("site__community__name", "site__name", "name", "pk")
_DEVICES = Prefetch("devices", Device.objects.select_related("health"))

# The chart, in the units of its viewBox, which are about a pixel each: bars from zero, a number on each.
CHART_WIDTH, BAR_HEIGHT, BAR_TOP = 640, 190, 26
WIDEST_STEP = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the chart. Coordinates in its viewBox."""

    hour: int
    entered: int
    left: int
    before: int | None
    x: float
    y: float
    width: float
    height: float
    before_y: float | None
    is_now: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def end(self) -> float:
        return round(self.x + self.width, 1)

    @property
    def label_y(self) -> float:
        return round(self.y - 7, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One passage of the list."""

    id: str
    time: str
    name: str
    gate: str
    what: str
    outcome: str
    word: str
    """What became of it, in a word."""


@dataclass(frozen=True, slots=True)
class Colours:
    """How the colours of residents in scope moved today: `to` has a count for each colour that somebody got."""

    to: list[tuple[str, str, int]]
    """Colour, its word, people."""
    all_counted: bool


@dataclass(frozen=True, slots=True)
class Aside:
    """What no passage changes: how the gates are, and the colours. Of thousands of gates it is half of the board."""

    conditions: list[Condition]
    """Of the gates that are listed: those that need a look come first, and of thousands a board lists a few."""
    gates: int
    online: int
    to_look_at: int
    colours: Colours | None


def aside(user: User, gate: str = "", site: str = "") -> Aside:
    now = now_ms()
    moment = datetime.fromtimestamp(now / 1000, UTC)
    gates = access_log_gates(user, "board", gate, site)
    # Those that need a look are found and counted at once, and sorted here: of a town they are few among thousands.
    ill = list(gates.rows.order_by().filter(~is_well(moment)).values_list(*_BY_NAME))
    listed = [pk for *_names, pk in nsmallest(MOST_GATES, ill)]
    if len(listed) < MOST_GATES:
        well = gates.rows.filter(is_well(moment)).order_by(*_BY_NAME).values_list("pk", flat=True)
        listed += well[: MOST_GATES - len(listed)]
    rows = gates.rows.order_by().prefetch_related(_DEVICES).in_bulk(listed)
    heard = gates.rows.filter(devices__revoked_at=None, devices__health__heard_at__gte=moment - ONLINE_WITHIN)
    return Aside(
        conditions=[condition_of(rows[pk], moment) for pk in listed if pk in rows],
        gates=gates.count,
        online=heard.order_by().count(),
        to_look_at=len(ill),
        colours=_colours(user, now),
    )


def board(user: User, gate: str = "", site: str = "", beside: Aside | None = None) -> dict[str, Any]:
    """Today at the user's gates, or at those of one site, or at one (primary keys as text).

    `beside`: of a moment ago, where there is one.
    """
    now = now_ms()
    gates = access_log_gates(user, "board", gate, site)
    beside = beside or aside(user, gate, site)
    figures = day_figures(passage_log(), town_days(), now, gates.names)
    hour_now = town_days().slot(now)[1]
    language = active_language()
    return {
        "figures": figures,
        "change": None if figures.change is None else round(figures.change * 100),
        "share": round(100 * figures.without_phone / figures.passes) if figures.passes else None,
        "documents": _documents(figures, language),
        "longest": how_long(figures.longest_ms),
        "bars": _bars(figures, hour_now),
        "chart_width": CHART_WIDTH,
        "crowded": len(figures.hours) > 14,
        "base": BAR_TOP + BAR_HEIGHT,
        "conditions": _peopled(beside.conditions, now),
        "gates": beside.gates,
        "online": beside.online,
        "to_look_at": beside.to_look_at,
        **_decisions(user, figures, gates, language),
        "colours": beside.colours,
        "lines": _latest(user, gates, now, language),
        "may_open_passages": may_open(user, "passages"),
        "may_open_gates": may_open(user, "gates"),
        "may_enrol": may_open(user, "gate_enrolment"),
    }


def _peopled(conditions: list[Condition], now: int) -> list[tuple[Condition, int]]:
    """Each gate's condition, and the people of today."""
    today = town_days().day(now)
    totals = passage_log().gate_totals(today, today, [str(one.gate.pk) for one in conditions])
    people = {total.gate: total.entered + total.exited for total in totals}
    return [(one, people.get(str(one.gate.pk), 0)) for one in conditions]


def _decisions(user: User, figures: Figures, gates: LogGates, language: Language) -> dict[str, Any]:
    """Outcomes, the most frequent reasons of those who were held or refused, and what took longest.

    Reasons only for whoever may read the passages themselves: a single "red" at a small gate is somebody.
    """
    took = timings(town_days().day(now_ms()), town_days().day(now_ms()), gates.names)
    worst = slowest(took)
    hidden = not sees_small_counts(user, gates.rows)
    outcomes = [figures.by_outcome[outcome] for outcome in Outcome]
    shown = [str(cell) for cell in suppress(outcomes).cells] if hidden else [f"{total:,}" for total in outcomes]
    reasons = [
        (outcome.value, reason_words((reason,), language), total)
        for (outcome, reason), total in figures.by_reason.most_common()
        if outcome is not Outcome.PASS
    ]
    return {
        "outcomes": [(one.value, outcome_word(one, language), text) for one, text in zip(Outcome, shown, strict=True)],
        "reasons": [] if hidden else reasons[:MOST_REASONS],
        "at_the_gate": at_the_gate_ms(took),
        "slowest": (STAGE_WORDS[worst.stage], worst.mean_ms) if worst else None,
        "may_open_insights": may_open(user, "insights"),
    }


def _colours(user: User, now: int) -> Colours | None:
    """None for whoever may not open a resident. Of the newest changes only: a board must not count a million rows."""
    if not may_open(user, "resident"):
        return None
    moment = datetime.fromtimestamp(now / 1000, town_zone())
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    newest = CodeChange.objects.order_by("-id").values_list("id", flat=True)
    first = newest[MOST_CHANGES - 1 : MOST_CHANGES].first()
    today = CodeChange.objects.filter(id__gte=first or 0, at__gte=midnight, colour__gt="")
    mine = today.filter(met_by(user, "resident", "resident"))
    counts = dict(mine.order_by().values_list("colour").annotate(Count("resident", distinct=True)))
    language = active_language()
    to = [(colour.value, COLOURS[colour.value][language], counts.get(colour.value, 0)) for colour in Colour]
    return Colours([each for each in to if each[2]], first is None)


def _documents(figures: Figures, language: Language) -> list[tuple[str, int]]:
    words = {"typed": METHODS["typed"][language], "": _("Other")}
    return [
        (KINDS[document][language] if document in KINDS else words.get(document, document), total)
        for document, total in figures.by_document.most_common(3)
    ]


def _bars(figures: Figures, hour_now: int) -> list[Bar]:
    most = max((max(hour.entered, hour.before or 0) for hour in figures.hours), default=0) or 1
    step = min(WIDEST_STEP, CHART_WIDTH / max(1, len(figures.hours)))
    width = round(step * 0.64, 1)
    bars = []
    for place, hour in enumerate(figures.hours):
        height = round(BAR_HEIGHT * hour.entered / most, 1)
        before = None if hour.before is None else BAR_TOP + BAR_HEIGHT - round(BAR_HEIGHT * hour.before / most, 1)
        x = round(place * step + (step - width) / 2, 1)
        y = round(BAR_TOP + BAR_HEIGHT - height, 1)
        bars.append(
            Bar(hour.hour, hour.entered, hour.left, hour.before, x, y, width, height, before, hour.hour == hour_now)
        )
    return bars


def _latest(user: User, gates: LogGates, now: int, language: Language) -> list[Line]:
    filters = Filters(since=now - DAY_MS, until=now + DAY_MS, gates=gates.names)
    passages = access_passages(user, "board", filters, limit=LATEST).passages
    return lines(user, passages, gates.of(one.gate for one in passages), language)


def lines(user: User, passages: list[Passage], gates: dict[str, Gate], language: Language) -> list[Line]:
    names = masked_names(user, [person_of(one) for one in passages])
    return [
        Line(
            id=one.id.hex(),
            time=local_time(one.at).strftime("%H:%M:%S"),
            name=names.get(person_of(one) or b"", ""),
            gate=gates[one.gate].name if one.gate in gates else "",
            what=_what(one, language),
            outcome=_shown(one),
            word=_word(one, language),
        )
        for one in passages
    ]


def person_of(passage: Passage) -> bytes | None:
    """As whom the gate knew them in the end."""
    return passage.word.person if passage.word and passage.word.is_of_gate else passage.person


def _what(passage: Passage, language: Language) -> str:
    """What was laid down or shown; where a further document changed the answer, that one."""
    last = passage.word if passage.word and passage.word.is_of_gate else passage
    return document_word(last.document, last.method, language)


def local_time(at: int) -> datetime:
    """The town's time of a moment in ms."""
    return datetime.fromtimestamp(at / 1000, town_zone())


def _shown(passage: Passage) -> str:
    return str(passage.verdict or passage.outcome)


def _word(passage: Passage, language: Language) -> str:
    if passage.verdict is None:
        return outcome_word(passage.outcome, language)
    if passage.word and passage.word.is_of_gate:
        return outcome_word(passage.verdict, language)
    if passage.verdict is Outcome.PASS:
        return _("Admitted by the guard")
    return _("Turned back") if passage.outcome is Outcome.PASS else _("Not admitted")
