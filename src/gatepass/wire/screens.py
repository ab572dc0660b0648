"""What idle screens show: the published file `screens.json`, one for all gates of a town. Public texts, no person.

    {"notices": [{"id": 7, "begins": ms, "ends": ms, "gates": ["12"] or null, "texts": {"ko": ["ko", "…"], …}}]}

A gate shows those that name it or name no gate, between `begins` and `ends` by its own clock.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from gatepass.languages import LANGUAGES, Language

SCREENS_FILE: Final = "screens.json"
MOST_AT_ONCE: Final = 5
_MOST_BYTES: Final = 512 * 1024

Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class ScreenNotice(msgspec.Struct, frozen=True):
    id: int
    begins: Milliseconds
    ends: Milliseconds
    gates: list[str] | None
    """Ids of gates; None: every gate."""
    texts: dict[Language, tuple[Language, Annotated[str, msgspec.Meta(max_length=400)]]]
    """For each language: in which language it is said (the own one, or the next best), and the sentence."""

    def holds(self, gate: str, now_ms: int) -> bool:
        return self.begins <= now_ms < self.ends and (self.gates is None or gate in self.gates)


class Screens(msgspec.Struct, frozen=True):
    notices: list[ScreenNotice] = []

    def encode(self) -> bytes:
        return msgspec.json.encode(self)

    def at(self, gate: str, now_ms: int) -> list[ScreenNotice]:
        """What this gate shows now, the newest first."""
        holding = [one for one in self.notices if one.holds(gate, now_ms) and set(one.texts) == set(LANGUAGES)]
        return holding[::-1][:MOST_AT_ONCE]


def decode(content: bytes) -> Screens:
    """Never raises: a file that a newer centre wrote otherwise, or a damaged one, shows nothing."""
    if len(content) > _MOST_BYTES:
        return Screens()
    try:
        return msgspec.json.decode(content, type=Screens)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Screens()
