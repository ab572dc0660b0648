"""What a page that wants an interpreter and the centre say to each other.

    POST /gate/v1/interpreting    InterpretingQuestion -> InterpretingAnswer    signed; MessagePack
    POST /my/interpreter/exchange/                                              the same from a resident's phone; JSON

One question every second or so, for as long as a page wants somebody. Sound and picture go from browser to browser.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from gatepass.languages import Language


class InterpretingQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without `call` and `act`: only which telephone lines there are."""

    act: Literal["", "ask", "end", "lost"] = ""
    """ask: a new call; lost: the interpreter is neither heard nor seen any more."""
    call: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    language: Language = "zh-Hans"
    desk: bool = False
    """Asked at the guard's desk."""
    after: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    """The newest signal that the page has."""
    say: Annotated[list[Annotated[str, msgspec.Meta(max_length=20_000)]], msgspec.Meta(max_length=40)] = []
    """Signals for the interpreter's browser, JSON each."""


class InterpretingAnswer(msgspec.Struct, frozen=True):
    call: int = 0
    state: Literal["", "waiting", "ringing", "talking", "line", "card", "ended"] = ""
    position: int = 0
    """Of a waiting call: 1 is the next."""
    name: str = ""
    """Of the interpreter, while talking."""
    talk: str = ""
    """Changes with every conversation: a page begins anew when another interpreter has answered."""
    lines: dict[str, str] = {}
    """Language -> the telephone number that is shown when nobody answers."""
    ice: str = ""
    """JSON: STUN and TURN servers, as RTCPeerConnection wants them."""
    said: list[tuple[int, str]] = []
    """(number, JSON) of signals from the interpreter's browser."""
