"""The messages between gate and centre. Bodies are MessagePack of these structs, unless a line says JSON.

    POST /gate/v1/enrol        EnrolRequest -> EnrolReply        JSON; the one-time code is the credential
    POST /gate/v1/passages     PassageBatch -> PassageReceipt    signed
    POST /gate/v1/status       StatusQuery  -> StatusReply       signed
    POST /gate/v1/session      (empty)      -> SessionReply      signed; a short-lived MAC key for the status call
    POST /gate/v1/heartbeat    Heartbeat    -> HeartbeatReply    signed
    GET  /gate/v1/updates?after=N           -> UpdatesReply      signed; answers when there is news, or after 25 s
    GET  /gate/v1/erasures, POST /gate/v1/erased         see wire.erasure
    POST /gate/v1/visits                                 see wire.visitors
    GET  /gate/v1/updates/metadata/NAME, /gate/v1/updates/targets/NAME    the update repository's files; signed

Errors everywhere: RFC 9457 `application/problem+json` with `code` (see `Problem`).
Decoders refuse wrong lengths and unknown values: `msgspec.ValidationError` is the only exception they raise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from gatepass.policy import Advice, Colour, Method, Outcome, SiteRules

Sixteen = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Code = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
# One type on purpose: of `Code | Literal[""]`, msgspec applies the pattern to the empty string as well.
CodeOrNothing = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$")]
Direction = Literal["in", "out"]

CONTENT_TYPE = "application/msgpack"
PROBLEM_TYPE = "application/problem+json"
MAX_BATCH = 1000
"""Records in one PassageBatch, keys in one StatusQuery."""


class Record(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One line of a gate's journal: a passage, or a further word about one (`about` is then the passage's id).

    `seq` counts every record of the gate from 1 without gaps; (gate, seq) is the idempotency key.
    """

    seq: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
    id: Sixteen
    """UUIDv7."""
    at: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    """Device time, milliseconds since 1970 UTC."""
    person: Sixteen | None
    """Person key; None where nothing could be read."""
    direction: Direction
    outcome: Outcome
    reasons: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1, max_length=8)]
    method: Method
    document: CodeOrNothing
    """DocumentKind value, or empty."""
    knowledge: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    """Version of the directory that was asked; 0 for none."""
    sealed: Annotated[bytes, msgspec.Meta(max_length=4096)] | None = None
    """HPKE-sealed identity of someone the registry does not know."""
    about: Sixteen | None = None
    """The first record of the visit, for a further word about it. By the first of its `reasons` it is a resolution (a
    code of `policy.RESOLUTIONS`: the guard admitted or refused, or the person turned back), or else the gate's own
    further answer, after another document or code of the same person. The last word counts, whoever spoke it."""


class PassageBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    records: Annotated[list[Record], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]


_Short = Annotated[str, msgspec.Meta(max_length=40)]


class _Line(Record, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A record whose words have not been compared with their patterns yet. Nothing in it can be part of a circle."""

    reasons: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(min_length=1, max_length=8)
    ]
    document: Annotated[str, msgspec.Meta(max_length=40)]


class _Lines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    records: Annotated[list[_Line], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]


_Words = tuple[tuple[Code, ...], CodeOrNothing]
_lines = msgspec.msgpack.Decoder(_Lines)
_words_seen: set[tuple[tuple[str, ...], str]] = set()
MOST_WORDS = 10_000


def passage_records(body: bytes) -> Sequence[Record]:
    """The records of a PassageBatch, refused as its own decoder would refuse them, in a third of the time.

    Most of that decoder's time goes into the patterns of `Code`, asked for each record anew; the whole town has some
    hundred different words. Raises what the decoder raises.
    """
    records = _lines.decode(body).records
    new = {(one.reasons, one.document) for one in records} - _words_seen
    for words in new:
        msgspec.convert(words, _Words)
    if len(_words_seen) + len(new) > MOST_WORDS:  # a device that makes words up costs itself time, and no memory
        _words_seen.clear()
    _words_seen.update(new)
    return records


class PassageReceipt(msgspec.Struct, frozen=True):
    """Everything below `next` is durable at the centre; `missing`: the ranges (first, last) above it still to come."""

    next: int
    missing: list[tuple[int, int]]


class StatusQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    people: Annotated[list[Sixteen], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]


class PersonStatus(msgspec.Struct, frozen=True, array_like=True):
    registered: bool
    colour: Colour | None
    advice: Advice


class StatusReply(msgspec.Struct, frozen=True):
    as_of: int
    """Milliseconds since 1970 UTC."""
    version: int
    people: list[PersonStatus]


class SessionReply(msgspec.Struct, frozen=True):
    """A key for `wire.signing` with hmac-sha256. It opens the status call alone, and dies with its device."""

    key_id: str
    key: bytes
    """32 bytes."""
    until: int
    """Milliseconds since 1970 UTC."""


class ReaderHealth(msgspec.Struct, frozen=True):
    family: str
    state: Literal["ready", "absent", "ill"]
    detail: CodeOrNothing = ""


class Stage(msgspec.Struct, frozen=True, array_like=True):
    """How long one stage of an answer took, summed since the agent's start."""

    stage: Code
    """`decided`, `durable`, `shown`, `painted`, `sounded`: as the gate's metrics call them."""
    n: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    total_us: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What has a default came later. A gate leaves it out until a reply has stated a `configuration`: an older centre
    refuses fields that it does not know, and an older gate sends none of them."""

    software: Annotated[str, msgspec.Meta(max_length=40)]
    at: int
    """Device time, ms: the centre keeps the clock offset."""
    directory: int
    """Directory version in use; 0 for none."""
    knowledge_at: int
    """When the centre stated it, ms; 0 for none."""
    waiting: int
    """Journal records not yet acknowledged."""
    entered: int
    left: int
    readers: list[ReaderHealth]
    kiosk: bool
    """A kiosk page is connected."""
    configuration: int = 0
    """Number of the configuration in use, as `HeartbeatReply` gave it; 0: of the time before there were numbers."""
    finding: bool = False
    """The screen flashes and beeps, because somebody at the centre wants to know which terminal this is."""
    started: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    """When the agent started, device time in ms: `stages` count from there."""
    stages: Annotated[list[Stage], msgspec.Meta(max_length=20)] = []


class HeartbeatReply(msgspec.Struct, frozen=True):
    at: int
    rules: SiteRules
    gate_name: str
    site_name: str
    direction: Direction
    configuration: int = 0
    """Number of what stands above: it grows with every change, and the gate confirms it with its next heartbeat."""
    find_s: int = 0
    """Flash and beep for so many seconds from now; 0: do not, or stop."""


class UpdatesReply(msgspec.Struct, frozen=True):
    version: int


class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """JSON. `proof` is the Ed25519 signature by the new key over `code`: the device holds what it enrols."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    public_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    proof: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    software: Annotated[str, msgspec.Meta(max_length=40)]


class EnrolReply(msgspec.Struct, frozen=True):
    """JSON. All that a gate needs to work without the centre ever after."""

    device: str
    """Key id of every later signature."""
    gate: str
    gate_name: str
    site_name: str
    direction: Direction
    rules: SiteRules
    person_key_secret: bytes
    """32 bytes: the town's key for `wire.person_key`."""
    sealing_key: bytes
    """32 bytes, X25519: identities of unknown people are sealed to it; only a tracing case opens them."""
    trust_root: bytes
    """root.json of the update repository."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457. JSON. `title` is the sentence in the caller's language; `code` is what programs read."""

    type: str
    code: str
    title: str
    status: int
    detail: str = ""
    at: int = 0
    """The centre's clock in ms, where the refusal was about time."""
