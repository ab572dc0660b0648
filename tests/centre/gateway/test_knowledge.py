"""Whoever waits for news is woken by a new colour, and by a paper that has become void."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from gatepass.centre.gateway.knowledge import Knowledge
from gatepass.directory.publishing import Publisher
from gatepass.policy import Advice, Colour


def test_a_void_paper_wakes_the_gates_though_no_colour_changed(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "updates")
    publisher.publish_base({bytes(16): (Colour.GREEN, Advice.NONE)}, datetime.now(UTC))

    async def story() -> None:
        knowledge = Knowledge(publisher.repository, tmp_path / "copy", publisher.trust_root)
        await knowledge.start()
        version = knowledge.store.version
        waiting = asyncio.create_task(knowledge.newer_than(version, 600))
        await asyncio.sleep(0)
        await asyncio.to_thread(publisher.revoke, [b"12345678"])
        assert await asyncio.wait_for(waiting, 60) == version
        await knowledge.stop()

    asyncio.run(story())
