"""What every command of the centre begins with. Django is set up inside: its settings read the folder at import."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Option(help="Where the centre keeps everything.")]


def set_up(folder: Path) -> None:
    """Django, with its state in `folder`; the database is brought up to date.

    A rule file of the town's own that contradicts itself ends the command here, with its fault, and not a page later.
    """
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
