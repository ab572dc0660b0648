"""What the kiosk is told and what it tells. The messages are listed in docs/gate.md; texts are in the page already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Protocol

import msgspec
from starlette.websockets import WebSocket

from gatepass.gate.audience import Audience, Listener, Message
from gatepass.gate.metrics import Metrics
from gatepass.gate.recollection import Passage
from gatepass.languages import Language
from gatepass.policy import Outcome

Milliseconds = Annotated[float, msgspec.Meta(ge=0, lt=60_000)]


class LanguageTouched(msgspec.Struct, frozen=True, tag="language"):
    language: Language


class Painted(msgspec.Struct, frozen=True, tag="painted"):
    """After the message came, in the page's own measure."""

    ms: Milliseconds


class Sounded(msgspec.Struct, frozen=True, tag="sounded"):
    ms: Milliseconds


class WithoutCamera(msgspec.Struct, frozen=True, tag="without_camera"):
    """A guard shall compare whoever lays a document next."""


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    n: int


_decode = msgspec.json.Decoder(LanguageTouched | Painted | Sounded | WithoutCamera | Beat).decode


class ChoosesLanguage(Protocol):
    def choose_language(self, language: Language) -> None: ...
    def decline_camera(self) -> None: ...


class Kiosk:
    """`hello`, `knowledge`, `notices` make the messages so called; `present`: the passage on the screen, if any."""

    def __init__(
        self,
        *,
        heartbeat_s: float,
        metrics: Metrics,
        hello: Callable[[], Message],
        knowledge: Callable[[], Message],
        present: Callable[[], Passage | None],
        notices: Callable[[], Message] = lambda: {"type": "notices", "notices": []},
    ) -> None:
        self._audience = Audience(heartbeat_s)
        self._metrics = metrics
        self._hello, self._knowledge, self._present = hello, knowledge, present
        self._notices = notices
        self.session: ChoosesLanguage | None = None

    @property
    def connected(self) -> bool:
        return len(self._audience) > 0

    # --- told by the session (session.Screen) ---

    def reading(self) -> None:
        self._audience.say({"type": "reading"})

    def looking(self) -> None:
        self._audience.say({"type": "looking"})

    def idle(self) -> None:
        self._audience.say({"type": "idle"})

    def show(self, passage: Passage, *, repeat: bool) -> None:
        self._audience.say(shown(passage, repeat=repeat))

    def settled(self, passage: Passage) -> None:
        """The guard speaks to the person; the screen stays as it is."""

    # --- told by the agent ---

    def know(self) -> None:
        """Network, knowledge or readers changed."""
        self._audience.say(self._knowledge())

    def rename(self) -> None:
        """Names, direction or rules of the gate changed."""
        self._audience.say(self._hello())

    def announce(self) -> None:
        """Other notices than before stand on the idle screen."""
        self._audience.say(self._notices())

    def find(self, seconds: int) -> None:
        """Flash and beep for so long, whatever is on the screen; 0: stop."""
        self._audience.say({"type": "find", "seconds": seconds})

    def speak(self, language: Language) -> None:
        """The desk chose the language of what is shown."""
        self._audience.say({"type": "language", "language": language})

    # --- the socket ---

    async def serve(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await self._audience.attend(Listener(websocket), self._greeting, self._heard)

    def _greeting(self) -> Iterable[Message]:
        yield self._hello()
        yield self._knowledge()
        yield self._notices()
        passage = self._present()
        yield shown(passage, repeat=True) if passage else {"type": "idle"}

    def _heard(self, text: str) -> None:
        match _decode(text):
            case LanguageTouched(language) if self.session:
                self.session.choose_language(language)
            case WithoutCamera() if self.session:
                self.session.decline_camera()
            case Painted(ms):
                self._metrics.painted.observe(ms / 1000)
            case Sounded(ms):
                self._metrics.sounded.observe(ms / 1000)


def shown(passage: Passage, *, repeat: bool) -> Message:
    decision = passage.decision
    expected = passage.invitation is not None and decision.outcome is Outcome.PASS
    return {
        "type": "show",
        "id": passage.id,
        "outcome": decision.outcome.value,
        "reason": decision.reasons[0],
        "prompt": decision.prompt,
        "language": passage.language,
        "holder": passage.greeting,
        "checks": passage.checks,
        "advice": decision.advice.value,
        "repeat": repeat,
        # To whom: said to nobody who is not let in.
        "visit": passage.invitation.to if expected and passage.invitation else "",
    }
