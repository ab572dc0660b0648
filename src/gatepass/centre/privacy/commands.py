"""`gatepass centre purge`, `backup` and `restore`. `centre.commands` lists them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gatepass.centre.starting import Folder, set_up


def purge(
    folder: Folder = Path("centre"),
    dry_run: Annotated[bool, typer.Option(help="Only say what would go.")] = False,
) -> None:
    """Forget now what the inventory says is over. A running centre does it by itself, once a day. Ctrl-C stops it
    between two batches; what has gone has its receipt in the audit.

    Example: ./gatepass centre purge --dry-run --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from django.utils import timezone
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from gatepass.centre.privacy import purge as purging

    now = timezone.now()
    found = [(each, each.count()) for each in purging.due(now)]
    waiting = [(each, rows) for each, rows in found if rows]
    for each, rows in waiting:
        typer.echo(f"{each.table}: {rows} rows, {each.rule.period.days} days after {each.rule.after}")
    if not waiting:
        typer.echo(f"nothing is due in {len(found)} rules")
    if dry_run:
        return
    total = sum(rows for _each, rows in waiting)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("forgetting", total=total)

        def on_batch(each: purging.Due, rows: int) -> None:
            progress.update(task, advance=rows, description=each.table)

        try:
            gone = purging.purge(now, on_batch=on_batch)
        except KeyboardInterrupt:
            typer.echo("stopped; the rest goes the next time")
            raise typer.Exit(130) from None
    typer.echo(f"forgotten: {gone} rows; each batch is an entry of the audit (privacy:purge)")


def backup(
    target: Annotated[Path, typer.Argument(help="A folder for the file; its name says when it was made.")],
    folder: Folder = Path("centre"),
    keys_to: Annotated[
        Path | None, typer.Option(help="Copy keys/people.sqlite3 there, over the copy of the last time.")
    ] = None,
) -> None:
    """Write an encrypted backup in which every person's rows are sealed with that person's own key: erasing somebody
    later erases them here as well. The centre may be running. docs/privacy.md says what to keep where.

    Example: ./gatepass centre backup /mnt/backups --keys-to /mnt/safe --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from django.conf import settings
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from gatepass.centre import keys
    from gatepass.centre.privacy.backup import write_backup
    from gatepass.centre.privacy.erasure import person_keys
    from gatepass.files import write_whole

    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = target / f"gatepass-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.backup"
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    owners = person_keys()
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), transient=True) as progress:
        task = progress.add_task("reading")
        try:
            rows = write_backup(
                database,
                path,
                owners,
                keys.backup_key(settings.KEYS_DIR),
                on_table=lambda name, rows: progress.update(task, description=f"{name}: {rows} rows"),
            )
        except FileExistsError:
            typer.echo(f"{path} is there already; try again in a second", err=True)
            raise typer.Exit(1) from None
        finally:
            owners.close()
    if keys_to is not None:
        keys_to.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(keys_to / "people.sqlite3", (settings.KEYS_DIR / "people.sqlite3").read_bytes(), mode=0o600)
    typer.echo(f"{path}: {rows} rows, {path.stat().st_size / 1_000_000:.1f} MB")


def restore(
    source: Annotated[Path, typer.Argument(help="The backup.")],
    folder: Annotated[
        Path, typer.Option(help="A folder with keys/ (the newest people.sqlite3) and without a database.")
    ],
) -> None:
    """Make a database from a backup. Whoever was erased since does not come back: nobody has the key any more.

    Example: ./gatepass centre restore /mnt/backups/gatepass-2026-11-28T030000Z.backup --folder /var/lib/gatepass-new
    """
    keys_folder = folder.resolve() / "keys"
    for name in ("backup.key", "people.sqlite3"):
        if not (keys_folder / name).exists():
            typer.echo(f"{keys_folder / name} is not there: copy keys/ first", err=True)
            raise typer.Exit(1)
    import os

    os.environ["GATEPASS_CENTRE_DIR"] = str(folder.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    import django

    django.setup()
    from django.conf import settings

    from gatepass.centre import keys
    from gatepass.centre.privacy.backup import BackupError, restore_backup
    from gatepass.centre.privacy.erasure import person_keys
    from gatepass.centre.privacy.person_keys import WrongBackupKeyError

    sentences = {
        "not_a_backup": "this is not a backup of gatepass",
        "cut_off": "the backup is cut off or damaged: take an older one",
        "wrong_key": "keys/backup.key is not the one with which this backup was made",
        "not_empty": "there is a database in this folder already: nothing was touched",
    }
    owners = person_keys()
    try:
        found = restore_backup(
            source, Path(str(settings.DATABASES["default"]["NAME"])), owners, keys.backup_key(settings.KEYS_DIR)
        )
    except (BackupError, WrongBackupKeyError) as error:
        typer.echo(sentences[getattr(error, "code", "wrong_key")], err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{source} cannot be read: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    finally:
        owners.close()
    set_up(folder)
    typer.echo(f"restored: {found.rows} rows; {found.erased} rows of people who were erased stay closed")
