"""The policies that come with gatepass: JSON files in `gatepass/policies`."""

from __future__ import annotations

from importlib import resources


def shipped() -> dict[str, str]:
    """Name -> text of each file, in alphabetical order."""
    folder = resources.files("gatepass").joinpath("policies")
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {entry.name.removesuffix(".json"): entry.read_text("utf-8") for entry in sorted(files, key=lambda e: e.name)}
