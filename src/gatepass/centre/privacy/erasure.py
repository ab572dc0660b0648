"""Erasing a person everywhere, with a receipt from each store; and saying when it is true.

    order ──► queued ──► gates ──► done

1. **One transaction** over every noun of `NOUNS` (`contract.erase`): all rows, the directory's outbox, papers made
   void. If the inventory still finds a row afterwards, nothing has happened and the fault is in the log.
2. **Stores of their own kind**, each in its turn and again after a crash: the passage log loses the person, the
   directory gets a new base without the key, the person's data keys are destroyed (which erases them in every
   backup), and the database file is written anew, so that no page keeps what was deleted.
3. **Gates**: each that is not revoked is ordered to forget, and signs that it has (`gates`, `wire.erasure`). One that
   is off keeps the erasure open. Records that it had not sent yet may still arrive: the passage log is gone through
   once more when the last gate has answered, and then the person keys of the order go as well.

What stays: the audit, which knows the person by number alone, and the receipts.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from gatepass.centre import keys, updates
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.codes.states import all_states
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy.contract import Counts, Person
from gatepass.centre.privacy.gates import keys_in
from gatepass.centre.privacy.models import Erasure, Receipt, Request
from gatepass.centre.privacy.people import whole_person
from gatepass.centre.privacy.person_keys import PersonKeys
from gatepass.centre.sites.models import Device

NOUNS: Final = (
    *(
        "privacy",
        "quarantine",
        "arrivals",
        "surveys",
        "facts",
        "codes",
        "papers",
        "appeals",
        "applications",
        "employers",
        "mandates",
        "sending",
        "api",
        "webhooks",
    ),
    *("accounts", "applicants", "tracing", "people.photos", "people.protection", "people.households", "people.imports"),
    *("visitors", "rosters", "volunteers", "interpreting", "questions", "webpush", "people.merges", "people"),
)
"""In the order in which they are asked. Each has `erasing.erase`."""
NAMES_NOBODY: Final = {
    "audit": "an entry names a resident by number, and must stay",
    "alarms": "about machines; contacts are those of staff",
    "limits": "keyed hashes, gone after two days",
    "policies": "examples of a trial run are numbers that lead to nobody any more",
    "sites": "about machines",
    "people.addresses": "houses, not people",
    "phone": "one number",
    "passages": "no database of Django's: `forget_people`",
}
NEW_BASE_EVERY: Final = timedelta(hours=24)
"""A new base of the directory is fetched whole by every gate: 3.4 bytes for each resident. Once a day is enough, for
the key that is left in the old one is already known to be nobody's."""
LARGE: Final = 512 * 1024 * 1024
"""A larger database is written anew by night, since nobody else can write meanwhile (some 100 MB a second)."""
NIGHT: Final = range(1, 5)

State = Erasure.State
log = structlog.get_logger(__name__)


class LeftOverError(Exception):
    """A noun left rows of the person behind; `tables` says where."""

    def __init__(self, tables: Counts) -> None:
        super().__init__(", ".join(sorted(tables)))


def order_erasure(by: User | None, resident: Resident, request: Request | None = None) -> Erasure:
    """From now on it is going to happen. RefusedError `erasure_under_way`."""
    with transaction.atomic():
        Resident.objects.select_for_update().get(pk=resident.pk)
        if Erasure.objects.filter(subject=resident.pk).exists():
            raise RefusedError("erasure_under_way")
        erasure = Erasure.objects.create(subject=resident.pk, request=request, by=by, asked_at=timezone.now())
        record(by, "privacy:order_erasure", resident, erasure=erasure.pk)
    return erasure


def work_off(now: datetime | None = None) -> int:
    """Every erasure that is under way, as far as it goes now; how many are left."""
    for erasure in Erasure.objects.exclude(state=State.DONE).order_by("id"):
        try:
            advance(erasure, now or timezone.now())
        except LeftOverError:
            log.exception("person not erased", erasure=erasure.pk)
    return Erasure.objects.exclude(state=State.DONE).count()


def advance(erasure: Erasure, now: datetime) -> None:
    if erasure.state == State.QUEUED:
        _erase_rows(erasure, now)
    for store, step in STEPS.items():
        receipt = Receipt.objects.filter(erasure=erasure, store=store, at=None).first()
        if receipt is not None:
            counts = step(erasure, receipt, now)
            if counts is not None:
                _give(receipt, counts, now)
    for receipt in Receipt.objects.filter(erasure=erasure, at=None, device__revoked_at__isnull=False):
        # A revoked terminal is not answered any more. The receipt says so, and the others are not kept waiting.
        _give(receipt, {"revoked": 1}, now)
    if not Receipt.objects.filter(erasure=erasure, at=None).exists():
        _finish(erasure, now)


def _erase_rows(erasure: Erasure, now: datetime) -> None:
    with transaction.atomic():
        resident = Resident.objects.filter(pk=erasure.subject).first()
        # Gone already where a list was taken back meanwhile, or where the other half of a merge was erased.
        person = whole_person(resident) if resident else Person((erasure.subject,), frozenset())
        for noun in NOUNS:
            counts = _erase_of(noun)(person)
            _give(Receipt(erasure=erasure, store=noun), {name: n for name, n in counts.items() if n}, now)
        left = person.left_over()
        if left:
            raise LeftOverError(left)
        owners = [f"r{pk}" for pk in person.residents] + [f"a{pk}" for pk in sorted(person.applicants)]
        for store in STEPS:
            wanted = dict.fromkeys(owners, 0) if store == "keys" else {}
            Receipt.objects.create(erasure=erasure, store=store, counts=wanted)
        # Whoever is gone already and had no key is in no gate's journal.
        for device in Device.objects.filter(revoked_at=None) if person.person_keys else ():
            Receipt.objects.create(erasure=erasure, store=f"gate:{device.gate_id} {device.pk}", device=device)
        erasure.person_keys = b"".join(sorted(person.person_keys))
        erasure.state, erasure.rows_gone_at = State.GATES, now
        erasure.save()
    log.info("person erased at the centre", erasure=erasure.pk)


def _erase_of(noun: str) -> Callable[[Person], Counts]:
    module = importlib.import_module(f"gatepass.centre.{noun}.erasing")
    erase: Callable[[Person], Counts] = module.erase
    return erase


def _give(receipt: Receipt, counts: Counts, now: datetime) -> None:
    with transaction.atomic():
        said = [f"{name}={count}" for name, count in counts.items()]
        entry = record(None, "privacy:erase", receipt.erasure, store=receipt.store, counts=said)
        receipt.at, receipt.counts, receipt.entry = now, counts, entry.pk
        receipt.save()


def _from_passages(erasure: Erasure, _receipt: Receipt, _now: datetime) -> Counts | None:
    rows, sealed = passage_log().forget_people(keys_in(bytes(erasure.person_keys or b"")), _ms(erasure.rows_gone_at))
    return {"rows": rows, "sealed": sealed}


def _from_directory(erasure: Erasure, receipt: Receipt, now: datetime) -> Counts | None:
    """A new base when the gates have been told, once a day for all who were erased since; and over an hour later,
    when the files before it are gone too."""
    gone = keys_in(bytes(erasure.person_keys or b""))
    if not gone:
        return {}
    if DirectoryChange.objects.filter(person_key__in=gone).exists():
        return None
    publisher = updates.publisher()
    if "base" in receipt.counts:
        return None if publisher.prune() else receipt.counts
    last = Receipt.objects.filter(store="updates", counts__base__gt=0).order_by("-counts__published").first()
    published = int(last.counts["published"]) if last else 0
    if published < _ms(erasure.rows_gone_at):
        if _ms(now) - published < NEW_BASE_EVERY.total_seconds() * 1000:
            return None
        published = _ms(now)
        receipt.counts = {"base": publisher.publish_base(dict(all_states()), now), "published": published}
    elif last:
        receipt.counts = last.counts
    receipt.save()
    return None


def _from_keys(erasure: Erasure, receipt: Receipt, _now: datetime) -> Counts | None:
    documents = [f"k{key.hex()}" for key in keys_in(bytes(erasure.person_keys or b""))]
    store = person_keys()
    try:
        owners = {owner: store.destroy([owner]) for owner in receipt.counts}
        owners["k"] = store.destroy(documents)
    finally:
        store.close()
    return owners


def _from_file(erasure: Erasure, _receipt: Receipt, now: datetime) -> Counts | None:
    """Last of the centre's own: what the others wrote while they worked is in it."""
    if Receipt.objects.filter(erasure=erasure, at=None, device=None).exclude(store="centre.sqlite3").exists():
        return None
    size = Path(str(connection.settings_dict["NAME"])).stat().st_size
    if size > LARGE and timezone.localtime(now).hour not in NIGHT:
        return None
    write_anew()
    return {"bytes": size}


STEPS: Final[dict[str, Callable[[Erasure, Receipt, datetime], Counts | None]]] = {
    "passages": _from_passages,
    "updates": _from_directory,
    "keys": _from_keys,
    "centre.sqlite3": _from_file,
}
"""Stores of their own kind. None: not yet."""


def write_anew() -> None:
    """The database file without a trace of what was deleted, and an empty write-ahead log."""
    if connection.in_atomic_block:
        raise RuntimeError("a file cannot be written anew inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _finish(erasure: Erasure, now: datetime) -> None:
    # Records that a gate had not sent when it was ordered to forget have arrived by now.
    rows, sealed = passage_log().forget_people(keys_in(bytes(erasure.person_keys or b"")), _ms(erasure.rows_gone_at))
    with transaction.atomic():
        record(None, "privacy:erased", erasure, late_rows=rows, late_sealed=sealed)
        erasure.state, erasure.finished_at, erasure.person_keys = State.DONE, now, None
        erasure.save()
    log.info("person erased everywhere", erasure=erasure.pk)


def person_keys() -> PersonKeys:
    return PersonKeys(settings.KEYS_DIR / "people.sqlite3", keys.backup_key(settings.KEYS_DIR))


def destroy_again() -> int:
    """Keys of erased people that an old copy of the key file has brought back; how many there were."""
    counts = Receipt.objects.filter(store="keys").values_list("counts", flat=True)
    owners = sorted({owner for each in counts for owner in each if owner != "k"})
    store = person_keys()
    try:
        return store.destroy(owners)
    finally:
        store.close()


def _ms(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1000) if moment else 0
