"""For programs that call a town's public API: a typed client. docs/api.md.

    from gatepass.client import Client

    with Client("https://gate.example.org", token) as town:
        for gate in town.gates(well=False):
            print(gate.name, gate.state)

It needs nothing of the town's own program: httpx2 and msgspec.
"""

from gatepass.client.calls import Client
from gatepass.client.errors import (
    ApiError,
    ConflictError,
    InvalidError,
    NoAnswerError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
    UnavailableError,
)
from gatepass.client.shapes import Document, Registering, StaffEntry, Stay
from gatepass.client.webhooks import SignatureError, read_webhook

__all__ = [
    "ApiError",
    "Client",
    "ConflictError",
    "Document",
    "InvalidError",
    "NoAnswerError",
    "NotAllowedError",
    "NotFoundError",
    "Registering",
    "SignatureError",
    "StaffEntry",
    "Stay",
    "TooManyError",
    "UnavailableError",
    "read_webhook",
]
