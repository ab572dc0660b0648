"""What the gateway asks of erasures: the orders for one gate, and the receipt that it signed."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.privacy.models import Erasure, Receipt
from gatepass.centre.sites.models import Device
from gatepass.wire.erasure import (
    MOST_KEYS,
    MOST_ORDERS,
    ErasureNoted,
    ErasureOrder,
    ErasureOrders,
    ErasureReceipt,
    signed_bytes,
)

KEY = 16
PARTS = "parts"
"""In the counts of a receipt: how many parts of a person with very many documents the gate has signed for."""


def keys_in(packed: bytes) -> list[bytes]:
    """`Erasure.person_keys` as a list."""
    return [packed[start : start + KEY] for start in range(0, len(packed), KEY)]


def orders_for(device: str) -> ErasureOrders:
    """Whom this gate must still forget, oldest first. Somebody with more than `MOST_KEYS` documents is several orders,
    the next one when the gate has signed for the one before."""
    open_ones = Receipt.objects.filter(device=device, at=None).select_related("erasure")
    known = open_ones.exclude(erasure__person_keys=None)[:MOST_ORDERS]
    return ErasureOrders([ErasureOrder(receipt.erasure_id, _keys_to_forget(receipt)[:MOST_KEYS]) for receipt in known])


def _keys_to_forget(receipt: Receipt) -> list[bytes]:
    """What the gate has not signed for yet."""
    return keys_in(bytes(receipt.erasure.person_keys or b""))[receipt.counts.get(PARTS, 0) * MOST_KEYS :]


def _take(receipt: Receipt, row: Device, said: ErasureReceipt) -> None:
    left = len(_keys_to_forget(receipt)) - MOST_KEYS
    part = receipt.counts.get(PARTS, 0) + 1
    counts = {"records": said.records, "sealed": said.sealed, "files": said.files}
    several = {PARTS: part} if left > 0 or part > 1 else {}
    entry = record(row, "privacy:erase", receipt.erasure, store=receipt.store, **counts, **several)
    receipt.counts = {name: receipt.counts.get(name, 0) + count for name, count in counts.items()} | several
    receipt.proof = bytes(receipt.proof or b"") + said.proof
    receipt.entry = entry.pk
    if left <= 0:
        receipt.at = datetime.fromtimestamp(said.at / 1000, UTC)
    receipt.save()


def take_receipt(device: str, said: ErasureReceipt) -> ErasureNoted:
    """RefusedError `erasure_proof_wrong`. One that was given already changes nothing."""
    row = Device.objects.get(pk=device)
    try:
        Ed25519PublicKey.from_public_bytes(bytes(row.public_key)).verify(said.proof, signed_bytes(device, said))
    except InvalidSignature:
        raise RefusedError("erasure_proof_wrong") from None
    with transaction.atomic():
        Erasure.objects.select_for_update().filter(pk=said.erasure).first()
        receipt = Receipt.objects.filter(erasure=said.erasure, device=row, at=None).first()
        # A part that is signed for twice (the answer was lost) counts once.
        if receipt is not None and not bytes(receipt.proof or b"").endswith(said.proof):
            _take(receipt, row, said)
    return ErasureNoted(open=Receipt.objects.filter(device=row, at=None).count())
