"""The entry rules in force: the town's own file, else the one that comes with gatepass."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.utils import timezone

from gatepass.policy.journeys import EntryRules, EntryRulesError, Term, read_entry_rules, shipped_entry_rules

FILE: Final = "entry.toml"

log = structlog.get_logger(__name__)
_read: dict[Path, tuple[int, EntryRules]] = {}


def entry_rules() -> EntryRules:
    """Read again when the file has changed. A file that cannot be read leaves the last rules that could."""
    path = settings.CENTRE_DIR / FILE
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        changed = 0
    known = _read.get(path)
    if known is not None and known[0] == changed:
        return known[1]
    try:
        rules = read_entry_rules(path.read_text("utf-8") if changed else shipped_entry_rules())
    except (EntryRulesError, OSError, UnicodeDecodeError) as error:
        log.warning("entry rules not read", fault=str(error)[:200])
        rules = known[1] if known is not None else read_entry_rules(shipped_entry_rules())
    _read[path] = (changed, rules)
    return rules


def term(at: datetime | None = None) -> Term:
    return entry_rules().at(at or timezone.now())
