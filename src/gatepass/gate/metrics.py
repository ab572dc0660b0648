"""What `/metrics` offers to Prometheus. No label ever carries anything about a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gatepass.wire.messages import Stage

# Fine where the promises are (5, 10, 30, 100 ms), coarse beyond.
_SECONDS = (
    0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
)  # fmt: skip

STAGES: Final = ("decided", "asked", "durable", "shown", "painted", "sounded")
"""The stages of an answer that the centre hears of, by the name of their histogram below."""


class Metrics:
    CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.decisions = Counter(
            "gatepass_decisions",
            "Decisions, by outcome and first reason.",
            ("outcome", "reason"),
            registry=self.registry,
        )
        self.repeats = Counter(
            "gatepass_repeats",
            "The same person answered again, in the same way, within seconds.",
            registry=self.registry,
        )
        self.resolutions = Counter(
            "gatepass_resolutions", "What the guard decided.", ("verdict",), registry=self.registry
        )
        self.decided = self._histogram("gatepass_decided_seconds", "Document handed over by the reader to decision.")
        self.durable = self._histogram("gatepass_durable_seconds", "Decision to record on the disk.")
        self.shown = self._histogram("gatepass_shown_seconds", "Document handed over to message sent to the kiosk.")
        self.painted = self._histogram("gatepass_painted_seconds", "Message received to painted, told by the kiosk.")
        self.sounded = self._histogram(
            "gatepass_sounded_seconds", "Message received to first sound, told by the kiosk."
        )
        self.compared = Counter(
            "gatepass_faces_compared", "Faces compared, by what came of it.", ("face",), registry=self.registry
        )
        self.asked = self._histogram("gatepass_asked_seconds", "Status of one person asked of the centre.")
        self.sent = Counter("gatepass_records_sent", "Records that the centre has taken.", registry=self.registry)
        self.calls = Counter(
            "gatepass_calls", "Calls to the centre, by what became of them.", ("result",), registry=self.registry
        )
        self.languages = Counter(
            "gatepass_spoken", "Results shown, by language.", ("language",), registry=self.registry
        )
        self.prompts_missing = Counter(
            "gatepass_prompts_missing", "Prompts asked for and not there.", ("language",), registry=self.registry
        )

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(name, text, registry=self.registry, buckets=_SECONDS)

    def stages(self) -> list[Stage]:
        """How often each stage of an answer was measured since the start, and how long it took in all."""
        found = []
        for name in STAGES:
            (family,) = getattr(self, name).collect()
            said = {sample.name.rpartition("_")[2]: sample.value for sample in family.samples}
            if said["count"]:
                found.append(Stage(name, int(said["count"]), round(said["sum"] * 1_000_000)))
        return found

    def watch(self, name: str, text: str, reading: Callable[[], float]) -> None:
        """A gauge that is read when Prometheus asks."""
        Gauge(name, text, registry=self.registry).set_function(reading)

    def exposition(self) -> bytes:
        return generate_latest(self.registry)
