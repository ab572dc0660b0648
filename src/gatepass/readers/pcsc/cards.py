"""What every line to cards offers, whatever it is made of. All of it blocks, but for `stop`."""

from __future__ import annotations

from typing import Protocol


class CardLostError(Exception):
    """The card was lifted, does not answer, or answers so that the reader cannot make bytes of it."""


class Card(Protocol):
    """A card that was just reset."""

    atr: bytes

    def transmit(self, command: bytes) -> bytes:
        """Raises CardLostError, LinkLostError."""

    def close(self) -> None: ...


class CardLink(Protocol):
    name: str
    """What the reader calls itself."""

    def presence(self, within: float) -> int | None:
        """A number for the card that lies there, another one for each that is laid down; None where none lies there.

        Waits up to `within` seconds for it to change since the last call. Raises LinkLostError.
        """

    def connect(self) -> Card:
        """Resets the card. Raises CardLostError, LinkLostError."""

    def stop(self) -> None:
        """From any thread: what blocks returns soon, and every further call raises LinkLostError."""

    def close(self) -> None: ...
