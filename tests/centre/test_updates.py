from __future__ import annotations

import threading
from pathlib import Path

from gatepass.centre import updates as town_updates
from gatepass.directory.publishing import Publisher


def test_threads_that_ask_together_get_the_same_publisher(updates: Path) -> None:
    got: list[Publisher] = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        got.append(town_updates.publisher())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(publisher) for publisher in got}) == 1
