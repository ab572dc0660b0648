"""What the centre orders a gate to forget, and the receipt by which the gate answers for it.

    GET  /gate/v1/erasures   (empty)         -> ErasureOrders     signed
    POST /gate/v1/erased     ErasureReceipt  -> ErasureNoted      signed

The receipt carries a signature of its own, over `signed_bytes`, by the key with which the device signs its calls: the
call is over in a moment, but that this gate said it has forgotten can be shown to anybody for years.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from gatepass.wire.messages import Sixteen

MOST_ORDERS = 20
"""In one answer; the gate asks again as soon as it has done them."""
MOST_KEYS = 100
"""In one order: documents of one person, those of merged rows included. Whoever has more is the next order as well."""
PURPOSE = b"gatepass-erased-1"

Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class ErasureOrder(msgspec.Struct, frozen=True):
    erasure: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
    """The centre's number of it."""
    people: Annotated[list[Sixteen], msgspec.Meta(min_length=1, max_length=MOST_KEYS)]
    """Person keys: every record of one of them loses its person and what is sealed."""


class ErasureOrders(msgspec.Struct, frozen=True):
    orders: Annotated[list[ErasureOrder], msgspec.Meta(max_length=MOST_ORDERS)]


class ErasureReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    erasure: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
    at: Annotated[int, msgspec.Meta(ge=0, lt=253_402_300_800_000)]
    """Device time, ms since 1970 UTC; before the year 10000, which no calendar here knows."""
    records: Count
    """Journal records that lost their person."""
    sealed: Count
    """Sealed identities that were dropped with them."""
    files: Count
    """Damaged journals of earlier days that were deleted whole: a part of one cannot be forgotten."""
    proof: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    """Ed25519 over `signed_bytes` of the device and this receipt."""


class ErasureNoted(msgspec.Struct, frozen=True):
    open: Count
    """Orders for this gate that are still open."""


def signed_bytes(device: str, receipt: ErasureReceipt) -> bytes:
    """What the proof is made over: purpose, device and every figure, each with its length or at a fixed width."""
    name = device.encode()
    figures = (receipt.erasure, receipt.at, receipt.records, receipt.sealed, receipt.files)
    return PURPOSE + len(name).to_bytes(2, "big") + name + b"".join(figure.to_bytes(8, "big") for figure in figures)
