"""The line to the cards on one reader: whether one lies there, and bytes to it and back.

winscard       the system's card service, for readers on USB and whatever else it drives
socket_link    a card made of software, in another process: `unix:PATH`
line           either of them in a thread of its own, for a program that must not wait
"""

from __future__ import annotations

from gatepass.readers.contract import Attached
from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc import socket_link, winscard
from gatepass.readers.pcsc.cards import Card, CardLink, CardLostError

__all__ = ["Card", "CardLink", "CardLostError", "find", "open_link"]


def open_link(name: str) -> CardLink:
    """The reader of this name, the beginning of it, or the first. Blocks. Raises LinkLostError."""
    if name.startswith(socket_link.PREFIX):
        return socket_link.SocketLink(name.removeprefix(socket_link.PREFIX))
    return winscard.ServiceLink(name)


def find() -> list[Attached]:
    """The readers that the card service knows now, the likeliest first; none where it does not run."""
    try:
        return [Attached("pcsc", name, name) for name in winscard.readers()]
    except LinkLostError:
        return []
