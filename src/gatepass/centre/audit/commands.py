"""`gatepass audit …`: is what is on record still what was recorded?"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from gatepass.centre.starting import Folder, set_up

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Who did what and when: check the chain, sign its state.\n\n"
    "Example: ./gatepass audit verify --folder /var/lib/gatepass-centre",
)
FAULTS = {
    "unreadable": "cannot be read",
    "forged": "its signature is wrong",
    "other_key": "was signed with another key",
    "missing_before": "the checkpoint before it is missing or was changed",
}


@app.command()
def verify(
    folder: Folder = Path("centre"),
    head: Annotated[
        str, typer.Option(help="The head that was written down the last time; it must be in the chain.")
    ] = "",
    checkpoints: Annotated[
        Path | None, typer.Option(help="Your own copies of the checkpoints; by default those in the folder.")
    ] = None,
    public: Annotated[
        Path | None, typer.Option(help="Your own copy of keys/audit-checkpoint.public; by default the folder's.")
    ] = None,
) -> None:
    """Check the audit chain against itself and the signed checkpoints; names every entry that was changed, deleted,
    moved or cut off. Exit status 1 if there is one.

    Example: ./gatepass audit verify --folder /var/lib/gatepass-centre
    Example: ./gatepass audit verify --folder /var/lib/gatepass-centre --checkpoints /mnt/safe/audit
    """
    set_up(folder)
    from django.conf import settings

    from gatepass.centre import keys
    from gatepass.centre.audit.chain import contains
    from gatepass.centre.audit.chain import verify as verify_chain
    from gatepass.centre.audit.checkpoints import read_checkpoints

    try:
        key = public.read_bytes() if public else keys.audit_checkpoint_public(settings.KEYS_DIR)
        signed, faults = read_checkpoints(checkpoints or settings.CHECKPOINTS_DIR, key)
    except (OSError, ValueError) as error:
        typer.echo(f"the public key cannot be read: {error}", err=True)
        raise typer.Exit(2) from None
    verdict = verify_chain(signed)
    for finding in verdict.findings:
        typer.echo(f"entry {finding.entry}: {finding.what.replace('_', ' ')}")
    for fault in faults:
        typer.echo(f"checkpoint {fault.name}: {FAULTS[fault.what]}")
    cut = bool(head) and not contains(head)
    if cut:
        typer.echo(f"the head {head} is not in the chain: entries were cut off or the chain was written anew")
    typer.echo(
        f"audit: {verdict.entries} entries, {len(signed)} checkpoints, {len(verdict.findings) + len(faults)} findings, "
        f"head {verdict.head}"
    )
    raise typer.Exit(1 if verdict.findings or faults or cut else 0)


@app.command()
def checkpoint(folder: Folder = Path("centre")) -> None:
    """Sign the state of the chain for today. A running centre does it by itself, once a day.

    Example: ./gatepass audit checkpoint --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from django.conf import settings
    from django.utils import timezone

    from gatepass.centre import keys
    from gatepass.centre.audit.checkpoints import write_checkpoint

    key = keys.audit_checkpoint_key(settings.KEYS_DIR)
    path = write_checkpoint(settings.CHECKPOINTS_DIR, timezone.localdate(), key, time.time_ns() // 1_000_000)
    typer.echo(str(path) if path else "today has its checkpoint already, or nothing was ever recorded")
