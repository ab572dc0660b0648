"""Is the chain whole? Names every entry that was changed, moved, taken out or cut off.

The chain proves itself as far as its head. The daily checkpoints (`checkpoints.py`) prove the rest: an end that was cut
off together with the head, and a chain that was written anew.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gatepass.centre.audit.actions import BEGINNING, entry_hash
from gatepass.centre.audit.checkpoints import COLUMNS, Checkpoint, expected, print_of
from gatepass.centre.audit.models import Entry, Head


@dataclass(frozen=True, slots=True)
class Finding:
    entry: int
    what: Literal["changed", "missing", "out_of_order"]


@dataclass(frozen=True, slots=True)
class Verdict:
    entries: int
    head: str
    """Hex hash of the newest entry: write it down elsewhere, and compare it the next time."""
    findings: tuple[Finding, ...]


def verify(checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Reads every entry once, oldest first: some 60,000 a second. `checkpoints` oldest first, as they are read."""
    findings: list[Finding] = []
    newest, last_hash, count = 0, BEGINNING, 0
    signed = {entry: (fingerprint, head) for entry, fingerprint, head in expected(checkpoints)}
    for entry in Entry.objects.order_by("id").values(*COLUMNS, "previous", "hash").iterator(chunk_size=2000):
        count += 1
        findings += [Finding(gone, "missing") for gone in range(newest + 1, entry["id"])]
        if not hmac.compare_digest(entry_hash(entry), bytes(entry["hash"])):
            findings.append(Finding(entry["id"], "changed"))
        elif entry["id"] == newest + 1 and not hmac.compare_digest(bytes(entry["previous"]), last_hash):
            findings.append(Finding(entry["id"], "out_of_order"))
        fingerprint, head = signed.get(entry["id"], (b"", ""))
        if (fingerprint and fingerprint != print_of(entry)) or (head and head != bytes(entry["hash"]).hex()):
            findings.append(Finding(entry["id"], "changed"))
        newest, last_hash = entry["id"], bytes(entry["hash"])
    head_row = Head.objects.filter(pk=1).first() or Head(pk=1, entry=0, hash=BEGINNING)
    last_known = max(head_row.entry, max(signed, default=0))
    findings += [Finding(gone, "missing") for gone in range(newest + 1, last_known + 1)]
    if head_row.entry < newest:
        findings += [Finding(added, "out_of_order") for added in range(head_row.entry + 1, newest + 1)]
    elif head_row.entry == newest and not hmac.compare_digest(bytes(head_row.hash), last_hash):
        findings.append(Finding(newest, "changed"))
    # One finding an entry: an entry whose own hash is wrong already stands here.
    unique = {finding.entry: finding for finding in reversed(findings)}
    return Verdict(count, last_hash.hex(), tuple(unique[number] for number in sorted(unique)))


def contains(head: str) -> bool:
    """Whether an entry with this hash (hex) is in the chain."""
    try:
        return Entry.objects.filter(hash=bytes.fromhex(head)).exists()
    except ValueError:
        return False
