"""Erasing, and the proof of it: a search through every byte of every file of the centre and of a gate."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import apsw
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.db import connection
from django.utils import timezone
from tests.cast import LI
from tests.centre.privacy.conftest import NEEDLES, QIU, Everywhere, a_record

from gatepass.centre import updates
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.publication import Publication
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy import erasure as erasing
from gatepass.centre.privacy.erasure import LeftOverError, order_erasure, person_keys, work_off
from gatepass.centre.privacy.gates import orders_for, take_receipt
from gatepass.centre.privacy.inventory import inventory
from gatepass.centre.privacy.models import Erasure, Receipt, Request
from gatepass.centre.sites.actions import revoke_device
from gatepass.centre.sites.models import Device as CentreDevice
from gatepass.gate.calls import Calls
from gatepass.gate.clock import Clock
from gatepass.gate.device import Device, GateFolder
from gatepass.gate.forgetting import Forgetting
from gatepass.gate.journal import JournalFile
from gatepass.gate.recollection import Recollection
from gatepass.gate.report_book import ReportBook
from gatepass.gate.visitor_book import VisitorBook
from gatepass.gate.writing import JournalWriter
from gatepass.wire.erasure import ErasureReceipt, signed_bytes

JOURNAL_KEY = bytes(range(32))


def copies_of(word: bytes) -> set[bytes]:
    """How a word may lie on a disk: as it is, in hex, in UTF-16."""
    return {word, word.hex().encode(), word.decode(errors="ignore").encode("utf-16-le")} - {b""}


def found_in(paths: Iterable[Path], words: Iterable[bytes]) -> list[str]:
    found = []
    for path in paths:
        content = path.read_bytes()
        found += [f"{path.name}: {word!r}" for word in words for copy in copies_of(word) if copy in content]
    return found


def files_of(*places: Path) -> list[Path]:
    database = Path(str(connection.settings_dict["NAME"]))
    own = [database, *(database.with_name(database.name + suffix) for suffix in ("-wal", "-shm"))]
    return [path for path in [*own, *(p for place in places for p in place.rglob("*"))] if path.is_file()]


def every_value(*databases: Path) -> bytes:
    """Everything that can be read with every key at hand: encrypted columns opened, sessions decoded."""
    said = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.all():
            said += [str(getattr(row, field.attname)) for field in model._meta.concrete_fields]
            said += [str(row.get_decoded())] if hasattr(row, "get_decoded") else []
    return "\n".join(said).encode()


class ThisCentre(Calls):
    """The gate's calls, answered by the centre's own functions."""

    def __init__(self, device: str) -> None:
        self.device = device

    async def erasures(self):
        return await asyncio.to_thread(_closing, orders_for, self.device)

    async def erased(self, receipt):
        return await asyncio.to_thread(_closing, take_receipt, self.device, receipt)


def _closing(call, *words):
    """On a thread of its own, whose connection to the database nobody else would close."""
    try:
        return call(*words)
    finally:
        connection.close()


def a_gates_folder(folder: Path, name: str, key: Ed25519PrivateKey) -> tuple[GateFolder, Device]:
    folder.mkdir()
    device = Device(
        device=name, gate="1", centre="http://localhost", private_key=key.private_bytes_raw(), trust_root=b"",
        person_key_secret=bytes(32), sealing_key=bytes(32), journal_key=JOURNAL_KEY, enrolled_at=0,
    )  # fmt: skip
    return GateFolder(folder), device


async def let_the_gate_forget(folder: GateFolder, device: Device) -> int:
    clock = Clock()
    journal = JournalWriter(folder.journal_file, JOURNAL_KEY, now_ms=clock.now_ms)
    calls = ThisCentre(device.device)
    visitors = VisitorBook(folder.visitors_file, JOURNAL_KEY, directory=folder.directory, calls=calls, clock=clock)
    reports = ReportBook(folder.reports_file, JOURNAL_KEY, calls=calls, clock=clock)
    forgetting = Forgetting(
        calls=calls, device=device, folder=folder, journal=journal,
        recollection=Recollection(clock), visitors=visitors, reports=reports, clock=clock,
    )  # fmt: skip
    try:
        return await forgetting.ask_once()
    finally:
        visitors.close()
        reports.close()
        await journal.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_after_an_erasure_no_byte_of_the_centre_or_a_gate_knows_the_person(
    everywhere, own_folders, enrol, town, tmp_path, log_in
) -> None:
    device, key = enrol(town.east)
    qiu: Everywhere = everywhere()
    folder, gates_device = a_gates_folder(tmp_path / "gate", device.pk, key)
    journal = JournalFile(folder.journal_file, JOURNAL_KEY)
    journal.append([a_record(1, qiu.keys[0], sealed=QIU.name.encode()), a_record(1, b"other person 16.")])
    journal.close()
    (folder.path / "journal.db.damaged-1").write_bytes(QIU.name.encode())
    owner = f"r{qiu.resident.pk}"
    store = person_keys()
    store.make([owner, f"k{qiu.keys[1].hex()}"])
    store.close()

    words = [needle.encode() for needle in NEEDLES]
    before = every_value()
    assert [word.decode() for word in words if word not in before] == [], "the person was not everywhere"
    assert found_in(files_of(own_folders), [QIU.name.encode()]), "the search itself finds what is there"
    assert found_in(files_of(own_folders), qiu.keys)

    order_erasure(None, qiu.resident)
    assert work_off() == 1
    Publication(updates.publisher()).tick()
    assert work_off() == 1
    erasure = Erasure.objects.get()
    assert erasure.state == Erasure.State.GATES
    # The directory's files before the new base may still be fetched for an hour.
    assert set(erasure.receipts.filter(at=None).values_list("store", flat=True)) >= {"updates", "centre.sqlite3"}
    for path in (own_folders / "updates" / "repository" / "targets").iterdir():
        os.utime(path, (0, 0))
    assert work_off() == 1
    assert [receipt.device_id for receipt in erasure.receipts.filter(at=None)] == [device.pk]

    # What the gate had not sent when it was ordered to forget arrives late.
    passage_log().append([Batch(str(town.east.pk), device.pk, [a_record(1, qiu.keys[0])])])
    assert asyncio.run(let_the_gate_forget(folder, gates_device)) == 1
    assert work_off() == 0
    erasure.refresh_from_db()
    assert (erasure.state, erasure.person_keys) == (Erasure.State.DONE, None)

    erasing.write_anew()
    after = every_value()
    assert [word.decode() for word in words if word in after] == []
    assert [key.hex() for key in qiu.keys if key in after] == []
    assert found_in(files_of(own_folders), [*words, *qiu.keys]) == []
    assert not list(folder.path.glob("*.damaged-*"))
    journal = JournalFile(folder.journal_file, JOURNAL_KEY)
    assert [(record.seq, record.person, record.sealed) for record in journal.between(1, 9, 9)] == [
        (1, None, None),
        (2, b"other person 16.", None),
    ]
    assert journal.verify().sound
    journal.close()

    # Others are still there, and everything is answered for.
    # Half an hour ago may have been yesterday.
    flow = passage_log().flow(timezone.localdate() - timedelta(days=1), timezone.localdate())
    assert sum(each.total for each in flow) == 4
    receipts = {receipt.store: receipt for receipt in erasure.receipts.all()}
    assert set(receipts) == {*erasing.NOUNS, *erasing.STEPS, f"gate:{town.east.pk} {device.pk}"}
    entries = {entry.pk: entry for entry in Entry.objects.filter(verb="privacy:erase")}
    assert all(entries[receipt.entry].object == f"erasure:{erasure.pk}" for receipt in receipts.values())
    assert receipts["passages"].counts == {"rows": 2, "sealed": 1}
    assert receipts["people"].counts["people.Resident"] == 2
    assert receipts["keys"].counts[owner] == receipts["keys"].counts["k"] == 1
    of_gate = receipts[f"gate:{town.east.pk} {device.pk}"]
    assert of_gate.counts == {"records": 1, "sealed": 1, "files": 1}
    assert Entry.objects.filter(object=f"resident:{qiu.resident.pk}").exists()


@pytest.mark.django_db
def test_every_personal_table_that_the_inventory_links_to_people_was_filled_by_the_test(everywhere) -> None:
    """Otherwise the proof above would prove little."""
    from gatepass.centre.privacy.people import whole_person

    qiu = everywhere()
    person = whole_person(qiu.resident)
    filled = set(person.left_over())
    linked = {name for name, table in inventory().items() if table.person or table.applicant or table.person_key}
    # Opened by the clock or by others; the same code erases them.
    assert linked - filled <= {"employers.Answer", "privacy.Request"}


@pytest.mark.django_db
def test_a_noun_that_leaves_something_behind_stops_the_erasure_and_nothing_has_happened(
    everywhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    qiu = everywhere()
    monkeypatch.setattr("gatepass.centre.facts.erasing.erase", lambda _person: {})
    monkeypatch.setattr("gatepass.centre.people.erasing.erase", lambda _person: {})
    erasure = order_erasure(None, qiu.resident)
    with pytest.raises(LeftOverError, match=r"facts\.Fact"):
        erasing.advance(erasure, timezone.now())
    assert Resident.objects.filter(pk=qiu.resident.pk).exists()
    assert Receipt.objects.count() == 0
    assert QIU.name not in str(LeftOverError({"facts.Fact": 1}))


@pytest.mark.django_db
def test_a_person_is_erased_once_and_what_was_asked_stays_by_number(everywhere, register) -> None:
    qiu, li = everywhere(), register(LI)
    order_erasure(None, qiu.resident)
    with pytest.raises(RefusedError, match="erasure_under_way"):
        order_erasure(None, qiu.resident)
    erasing._erase_rows(Erasure.objects.get(), timezone.now())
    request = Request.objects.get()
    assert (request.words, request.resident, request.applicant, request.subject) == (None, None, None, qiu.resident.pk)
    assert Resident.objects.get().pk == li.pk


@pytest.mark.django_db
def test_a_receipt_that_the_gate_did_not_sign_is_refused_and_one_given_twice_changes_nothing(
    everywhere, enrol, town
) -> None:
    device, key = enrol(town.east)
    qiu = everywhere()
    erasing._erase_rows(order_erasure(None, qiu.resident), timezone.now())
    ((order,),) = [orders_for(device.pk).orders]
    assert set(order.people) == set(qiu.keys)
    said = ErasureReceipt(erasure=order.erasure, at=1, records=1, sealed=0, files=0, proof=bytes(64))
    with pytest.raises(RefusedError, match="erasure_proof_wrong"):
        take_receipt(device.pk, said)
    signed = msgspec.structs.replace(said, proof=key.sign(signed_bytes(device.pk, said)))
    lied = msgspec.structs.replace(signed, records=9)
    with pytest.raises(RefusedError):
        take_receipt(device.pk, lied)
    assert take_receipt(device.pk, signed).open == 0
    entries = Entry.objects.count()
    assert take_receipt(device.pk, signed).open == 0
    assert Entry.objects.count() == entries
    assert orders_for(device.pk).orders == []


@pytest.mark.django_db
def test_somebody_with_more_documents_than_one_order_holds_is_forgotten_in_several(
    everywhere, enrol, town, monkeypatch
) -> None:
    monkeypatch.setattr("gatepass.centre.privacy.gates.MOST_KEYS", 1)
    device, key = enrol(town.east)
    qiu = everywhere()
    erasing._erase_rows(order_erasure(None, qiu.resident), timezone.now())
    ordered: list[bytes] = []
    while orders := orders_for(device.pk).orders:
        (order,) = orders
        (one,) = order.people
        assert one not in ordered
        ordered.append(one)
        said = ErasureReceipt(erasure=order.erasure, at=len(ordered), records=2, sealed=1, files=0, proof=bytes(64))
        signed = msgspec.structs.replace(said, proof=key.sign(signed_bytes(device.pk, said)))
        open_ones = take_receipt(device.pk, signed).open
        assert open_ones == (0 if len(ordered) == len(qiu.keys) else 1)
        assert take_receipt(device.pk, signed).open == open_ones, "its answer was lost, and it says so once more"
    assert set(ordered) == set(qiu.keys)
    parts = len(ordered)
    assert parts > 1
    receipt = Receipt.objects.get(device=device.pk)
    assert receipt.counts == {"records": 2 * parts, "sealed": parts, "files": 0, "parts": parts}
    assert len(bytes(receipt.proof)) == 64 * parts
    assert Entry.objects.filter(verb="privacy:erase", actor=f"device:{device.pk}").count() == parts


@pytest.mark.django_db
def test_a_gate_that_is_revoked_before_it_has_forgotten_keeps_no_erasure_open(everywhere, enrol, town) -> None:
    device, _key = enrol(town.east)
    qiu = everywhere()
    erasure = order_erasure(None, qiu.resident)
    erasing._erase_rows(erasure, timezone.now())
    erasing.advance(erasure, timezone.now())
    asked = Receipt.objects.get(device=device.pk)
    assert asked.at is None
    revoke_device(None, CentreDevice.objects.get(pk=device.pk))
    erasing.advance(erasure, timezone.now())
    asked.refresh_from_db()
    assert (asked.at is not None, asked.counts) == (True, {"revoked": 1})
    assert bytes(asked.proof or b"") == b"", "nobody signed for it"


@pytest.mark.django_db
def test_an_order_without_a_key_does_not_stand_before_the_others(everywhere, enrol, town, monkeypatch) -> None:
    device, _key = enrol(town.east)
    monkeypatch.setattr("gatepass.centre.privacy.gates.MOST_ORDERS", 1)
    gone = Erasure.objects.create(subject=987_654, asked_at=timezone.now())
    Receipt.objects.create(erasure=gone, store="gate:x", device_id=device.pk)
    qiu = everywhere()
    erasing._erase_rows(order_erasure(None, qiu.resident), timezone.now())
    assert [set(order.people) for order in orders_for(device.pk).orders] == [set(qiu.keys)]


def test_a_key_that_an_old_copy_of_the_key_file_brings_back_is_destroyed_again(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite3"
    store = erasing.PersonKeys(path, bytes(32))
    (secret,) = store.make(["r1"]).values()
    store.make([f"r{number}" for number in range(2, 400)])
    old = path.read_bytes()
    assert store.all()["r1"] == secret
    assert store.destroy(["r1"]) == 1
    assert "r1" not in store.all()
    store.close()
    assert path.stat().st_mode & 0o777 == 0o600
    ((wrapped,),) = [_wrapped(tmp_path, old)]
    assert wrapped not in path.read_bytes()
    assert found_in(tmp_path.glob("people*"), [wrapped]) == []
    path.write_bytes(old)
    again = erasing.PersonKeys(path, bytes(32))
    assert again.destroy(["r1"]) == 1
    again.close()
    with pytest.raises(erasing_error()):
        erasing.PersonKeys(path, b"1" * 32).all()


def _wrapped(folder: Path, content: bytes) -> tuple[bytes, ...]:
    copy = folder / "old.copy"
    copy.write_bytes(content)
    database = apsw.Connection(str(copy))
    ((wrapped,),) = database.execute("SELECT wrapped FROM keys WHERE owner = 'r1'").fetchall()
    database.close()
    copy.unlink()
    return (wrapped,)


def erasing_error() -> type[Exception]:
    from gatepass.centre.privacy.person_keys import WrongBackupKeyError

    return WrongBackupKeyError
