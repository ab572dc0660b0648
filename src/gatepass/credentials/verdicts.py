"""The nouns of a judgement: what was shown, what it says, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from gatepass.policy import Invited, Outcome

REASON_CODES: Final = frozenset(
    {
        "code_valid",
        "code_damaged",
        "code_not_understood",
        "code_foreign_not_supported",
        "code_issuer_unknown",
        "code_forged",
        "code_wrong_key",
        "code_revoked",
        "code_screenshot",
        "code_too_old",
        "code_clock_ahead",
        "code_paper_expired",
        "code_grant_expired",
        "code_not_yet_valid",
    }
)
"""Every reason that `judge` can give. Words, sentences and outcomes are in `policy.REASONS`."""


class Format(StrEnum):
    """The kind of text that was shown. Those that are known and not yet read are held, with words for it."""

    GATEPASS = "gatepass"
    """Our health code, `GP1:`; see docs/health-code.md."""
    VISITOR = "visitor"
    """A visitor's invitation, `GV1:`; see docs/visitors.md."""
    HCERT = "hcert"
    """EU DCC and WHO DVC, `HC1:`."""
    SHC = "shc"
    """SMART Health Card."""
    SHLINK = "shlink"
    """SMART Health Link."""
    VDS_NC = "vds_nc"
    """ICAO's visible digital seal for non-constrained environments."""
    DIVOC = "divoc"
    UNKNOWN = "unknown"


class CodeKind(StrEnum):
    PAPER = "paper"
    """Printed, for months."""
    DYNAMIC = "dynamic"
    """Made by the holder's phone, for minutes."""


@dataclass(frozen=True, slots=True)
class HealthCode:
    """What a gatepass health code says, once its signatures hold. No name, no number, no colour is in it."""

    kind: CodeKind
    person: bytes = field(repr=False)
    """The person key, 16 bytes: with it the directory is asked for the colour."""
    serial: bytes = field(repr=False)
    """8 bytes; of the paper, or of the grant that a dynamic code rests on. What is revoked is a serial."""
    issuer: str
    """Who signed, as the trust list names them."""
    key_id: bytes
    issued: datetime
    expires: datetime
    """Of the paper, or of the grant (aware, UTC)."""
    made: datetime | None = None
    """When the phone made this dynamic code, by the phone's own clock."""
    proof: bytes | None = field(default=None, repr=False)
    """16 bytes that name this one proof: the same code shown twice within its minutes has the same."""


@dataclass(frozen=True, slots=True)
class VisitorPass:
    """What an invitation says, once its signature holds."""

    serial: bytes = field(repr=False)
    """8 bytes: what is revoked is a serial."""
    host: bytes = field(repr=False)
    """The host's person key: with it the directory is asked whether they may receive anybody."""
    visitor: bytes | None = field(repr=False)
    """The visitor's own key, where the host knew their document."""
    name: str = field(repr=False)
    """The visitor's, as the host wrote it."""
    to: str = field(repr=False)
    """To whom, in words that may stand on the gate's screen."""
    invited: Invited
    issued: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `judge` says of a text.

    `pass`    the code is genuine, in force and not revoked: the person key in it may be believed. Which colour the
              person has is not in any code; the directory says it.
    `hold`    this gate cannot tell, or the code is over: a human looks, and any document will do instead.
    `refuse`  the code proves nothing: forged, revoked, or a picture of an earlier one.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    """Codes of `policy.REASONS`, at least one; the first decided the outcome."""
    format: Format
    credential: HealthCode | None = None
    """Given as soon as the signatures hold, also where the code is over, revoked or too old."""
    visit: VisitorPass | None = None
    """Given for a genuine invitation, a revoked one too. `pass` then says that it is genuine and was not taken back;
    whether its time has come, and whether the host receives anybody, is for `policy.decide`."""


class Revocations(Protocol):
    """What a gate knows of revoked codes: `directory.lists.CodeLists.revocations`, or a set in a test."""

    def is_revoked(self, serial: bytes) -> bool: ...
