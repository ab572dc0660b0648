from __future__ import annotations

from gatepass.centre import gently


def test_long_work_pauses_longer_than_it_worked_and_leaves_nothing_out(monkeypatch) -> None:
    moments = iter([0.0, 0.1, 0.1, 0.5, 0.5])
    pauses: list[float] = []
    monkeypatch.setattr(gently.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(gently.time, "sleep", pauses.append)
    assert list(gently.gently(range(5), every=2)) == [0, 1, 2, 3, 4]
    assert [round(pause, 3) for pause in pauses] == [0.3, 1.0]
