"""What a receipt that is not there yet waits for, and until when: an erasure that takes a night says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from gatepass.centre.privacy.erasure import LARGE, NEW_BASE_EVERY, NIGHT
from gatepass.centre.privacy.models import Receipt
from gatepass.directory.repository import GRACE

AT_ONCE: Final = timedelta(minutes=1)


def waits_for(receipt: Receipt, now: datetime) -> str:
    """In words, for a receipt without `at`."""
    if receipt.device_id:
        return _("as soon as the gate asks: once a minute while it is connected")
    if receipt.store == "updates":
        return _directory(receipt, now)
    if receipt.store == "centre.sqlite3":
        return _file()
    return _("within a minute")


def by_store(receipts: Sequence[tuple[Receipt, str]]) -> dict[str, list[tuple[Receipt, str]]]:
    """Gates and stores of their own kind, each with a word in `said`; and the nouns of the database."""
    words = {
        "passages": _("The log of passages"),
        "updates": _("The directory of the gates"),
        "keys": _("The person's own keys, and with them every backup"),
        "centre.sqlite3": _("The file of the database, written anew"),
    }
    found: dict[str, list[tuple[Receipt, str]]] = {"stores": [], "nouns": []}
    for receipt, waits in receipts:
        receipt.said = words.get(receipt.store, "")  # type: ignore[attr-defined]
        kind = "stores" if receipt.device_id or receipt.store in words else "nouns"
        found[kind].append((receipt, waits))
    return found


def _directory(receipt: Receipt, now: datetime) -> str:
    if "base" in receipt.counts:
        gone = _moment(receipt.counts["published"]) + GRACE
        return _("when the files before the new directory go: about %(time)s") % {"time": _civil(max(gone, now))}
    last = Receipt.objects.filter(store="updates", counts__base__gt=0).order_by("-counts__published").first()
    next_one = _moment(last.counts["published"]) + NEW_BASE_EVERY if last else now
    if next_one <= now + AT_ONCE:
        return _("within a minute")
    return _("with the next new directory, made once a day: from %(time)s on; an hour later the files before it go") % {
        "time": _civil(next_one)
    }


def _file() -> str:
    if Path(str(connection.settings_dict["NAME"])).stat().st_size <= LARGE:
        return _("last of the centre's own, when the receipts above are there")
    return _(
        "last of the centre's own, and by night, from %(from)s to %(to)s: the file is large, and nobody can write "
        "meanwhile"
    ) % {"from": f"{NIGHT.start:02}:00", "to": f"{NIGHT.stop:02}:00"}


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _civil(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
