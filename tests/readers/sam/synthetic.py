"""The synthetic cards of synthetic_cards.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SyntheticCard:
    kind: str
    """The flag of its layout: resident, I, Y or J."""
    number: str
    note: str
    block: bytes = field(repr=False)


def synthetic_cards() -> list[SyntheticCard]:
    told = tomllib.loads((Path(__file__).parent / "synthetic_cards.toml").read_text(encoding="utf-8"))
    return [
        SyntheticCard(card["kind"], card["number"], card["note"], bytes.fromhex(card["text"])) for card in told["card"]
    ]
