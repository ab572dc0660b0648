"""What every command of the centre begins with. Django is set up inside: its settings read the folder at import."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Option(help="Where the centre keeps everything.")]


def set_up(folder: Path, *, may_found: bool = False) -> None:
    """Django, with its state in `folder`; the database is brought up to date.

    Where there is no centre, only what `may_found` one makes it. A mistyped folder would else be a new and empty town,
    whose audit is whole and whose backup succeeds.
    A rule file of the town's own that contradicts itself ends the command here, with its fault, and not a page later.
    """
    if not may_found and not (folder / "centre.sqlite3").exists():
        typer.echo(f"there is no centre in {folder}; name its folder with --folder", err=True)
        raise typer.Exit(2)
    os.environ["GATEPASS_CENTRE_DIR"] = str(folder.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    import django

    django.setup()

    from gatepass.centre import schema
    from gatepass.centre.quarantine.rules import RulesError, every_version

    schema.bring_up_to_date()
    try:
        every_version()
    except RulesError as error:
        typer.echo(f"gatepass: the rules of quarantine cannot be used: {error}", err=True)
        raise typer.Exit(2) from None
