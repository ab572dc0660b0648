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


def keys_in(packed: bytes) -> list[bytes]:
    """`Erasure.person_keys` as a list."""
    return [packed[start : start + KEY] for start in range(0, len(packed), KEY)]


def orders_for(device: str) -> ErasureOrders:
    """Whom this gate must still forget, oldest first."""
    open_ones = Receipt.objects.filter(device=device, at=None).select_related("erasure")
    known = open_ones.exclude(erasure__person_keys=None)[:MOST_ORDERS]
    return ErasureOrders(
        [
            ErasureOrder(receipt.erasure_id, keys_in(bytes(receipt.erasure.person_keys or b""))[:MOST_KEYS])
            for receipt in known
        ]
    )


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
        if receipt is not None:
            counts = {"records": said.records, "sealed": said.sealed, "files": said.files}
            receipt.at = datetime.fromtimestamp(said.at / 1000, UTC)
            receipt.counts, receipt.proof = counts, said.proof
            receipt.entry = record(row, "privacy:erase", receipt.erasure, store=receipt.store, **counts).pk
            receipt.save()
    return ErasureNoted(open=Receipt.objects.filter(device=row, at=None).count())
