"""The gate forgets a person whom the centre has erased, and signs that it has.

Once a minute it asks for orders. For each: journal records of these person keys lose the person and whatever is sealed
(number, time and outcome stay, so that the sequence has no gap and the counts hold), the desk's memory drops them, and
old damaged journals go. A gate that was off does it when it is back; its records that have not been sent yet go out
without the person.
"""

from __future__ import annotations

import asyncio
import random

import apsw
import msgspec
import structlog

from gatepass.gate.calls import Calls, RefusedError, RevokedError, UnreachableError
from gatepass.gate.clock import Clock
from gatepass.gate.device import Device, GateFolder
from gatepass.gate.recollection import Recollection
from gatepass.gate.report_book import ReportBook
from gatepass.gate.visitor_book import VisitorBook
from gatepass.gate.writing import JournalWriter
from gatepass.wire.erasure import ErasureOrder, ErasureReceipt, signed_bytes

ASK_EVERY_S = 60.0

log = structlog.get_logger("gatepass.gate.forgetting")


class Forgetting:
    def __init__(
        self,
        *,
        calls: Calls,
        device: Device,
        folder: GateFolder,
        journal: JournalWriter,
        recollection: Recollection,
        visitors: VisitorBook,
        reports: ReportBook,
        clock: Clock,
        ask_every_s: float = ASK_EVERY_S,
    ) -> None:
        self._calls, self._device, self._folder, self._journal = calls, device, folder, journal
        self._visitors, self._reports = visitors, reports
        self._recollection, self._clock, self._ask_every_s = recollection, clock, ask_every_s

    async def run(self) -> None:
        """Until cancelled, or until the device is revoked."""
        while True:
            try:
                while await self.ask_once():
                    pass
            except RevokedError:
                return
            except (UnreachableError, RefusedError):
                pass  # the uplink says that the centre is away; the order is still there in a minute
            except (apsw.Error, OSError, msgspec.MsgspecError) as error:
                # A full disk, a damaged row. Passages come first: once a minute is often enough to try again.
                log.warning("person_not_forgotten", error=type(error).__name__)
            # Gates that were switched on together shall not call together.
            await asyncio.sleep(self._ask_every_s * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing

    async def ask_once(self) -> int:
        """Do what is ordered now; how many orders there were. CallError, apsw.Error where the disk refuses."""
        orders = (await self._calls.erasures()).orders
        for order in orders:
            await self._calls.erased(await self.obey(order))
        return len(orders)

    async def obey(self, order: ErasureOrder) -> ErasureReceipt:
        people = frozenset(order.people)
        self._recollection.forget_people(people)
        forgotten = await self._journal.forget(people)
        await self._visitors.forget(people)
        await self._reports.forget(people)
        files = await asyncio.to_thread(self._delete_damaged_journals)
        unsigned = ErasureReceipt(
            erasure=order.erasure,
            at=self._clock.now_ms(),
            records=forgotten.records,
            sealed=forgotten.sealed,
            files=files,
            proof=bytes(64),
        )
        proof = self._device.signing_key.sign(signed_bytes(self._device.device, unsigned))
        log.info("person_forgotten", erasure=order.erasure, records=forgotten.records)
        return msgspec.structs.replace(unsigned, proof=proof)

    def _delete_damaged_journals(self) -> int:
        journal = self._folder.journal_file
        damaged = sorted(journal.parent.glob(f"{journal.name}.damaged-*"))
        for path in damaged:
            path.unlink(missing_ok=True)
        return len(damaged)
