"""Is the chain whole? Names every entry that was changed, moved, taken out or cut off."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal

from gatepass.centre.audit.actions import BEGINNING, entry_hash
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


def verify() -> Verdict:
    """Reads every entry once, oldest first: some 100,000 a second."""
    findings: list[Finding] = []
    newest, last_hash, count = 0, BEGINNING, 0
    columns = ("id", "at", "actor", "actor_name", "verb", "object", "fields", "previous", "hash")
    for entry in Entry.objects.order_by("id").values(*columns).iterator(chunk_size=2000):
        count += 1
        findings += [Finding(gone, "missing") for gone in range(newest + 1, entry["id"])]
        if not hmac.compare_digest(entry_hash(entry), bytes(entry["hash"])):
            findings.append(Finding(entry["id"], "changed"))
        elif entry["id"] == newest + 1 and not hmac.compare_digest(bytes(entry["previous"]), last_hash):
            findings.append(Finding(entry["id"], "out_of_order"))
        newest, last_hash = entry["id"], bytes(entry["hash"])
    head = Head.objects.filter(pk=1).first() or Head(pk=1, entry=0, hash=BEGINNING)
    findings += [Finding(gone, "missing") for gone in range(newest + 1, head.entry + 1)]
    if head.entry < newest:
        findings += [Finding(added, "out_of_order") for added in range(head.entry + 1, newest + 1)]
    elif head.entry == newest and not hmac.compare_digest(bytes(head.hash), last_hash):
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
