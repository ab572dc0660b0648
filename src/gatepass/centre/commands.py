"""The centre on the command line: `gatepass serve`, and `gatepass centre …` for its housekeeping.

Django is set up inside each command: its settings read the folder from the environment at import.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from gatepass.centre.privacy.commands import backup, purge, restore
from gatepass.centre.starting import Folder, set_up

if TYPE_CHECKING:
    from gatepass.centre.passages.migration import Proof

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="The platform's housekeeping: staff, forgetting, backups.\n\n"
    "Example: ./gatepass centre backup /mnt/backups --keys-to /mnt/safe --folder /var/lib/gatepass-centre",
)

for housekeeping in (purge, backup, restore):
    app.command()(housekeeping)
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 - what an operator may choose, not what we choose
FIRST_ADMINISTRATOR = "admin"
PASSWORD_VARIABLE = "GATEPASS_FIRST_PASSWORD"  # noqa: S105 - the name of a variable, not a password


def serve(folder: Path, host: str = "127.0.0.1", port: int = 8600) -> None:
    """Staff site, gateway and publication on one port, until a signal comes. Its settings: docs/centre.md."""
    named = host if host not in EVERY_ADDRESS else "127.0.0.1"
    os.environ.setdefault("GATEPASS_CENTRE_ADDRESS", f"http://{named}:{port}")
    from gatepass.logs import log_to_stderr

    log_to_stderr()
    set_up(folder, may_found=True)
    _create_first_administrator()
    import uvicorn
    from django.core.management import call_command

    from gatepass.centre.asgi import application

    call_command("clearsessions", verbosity=0)
    typer.echo(f"centre: {os.environ['GATEPASS_CENTRE_ADDRESS']}   folder {folder.resolve()}   Ctrl-C stops it")
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_level="warning",
        lifespan="on",
        # What each request of a gate can do without: see docs/gateway.md. Proxy headers are the gateway's own business.
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


def migrate_store(folder: Path, to: str) -> int:
    """See `gatepass.cli.migrate_store`. The exit code."""
    if to not in {"postgresql", "files"}:
        typer.echo("say where to: `postgresql` or `files`", err=True)
        return 2
    if not folder.is_dir():
        typer.echo(f"there is no centre in {folder}; name its folder with --folder", err=True)
        return 2
    os.environ["GATEPASS_CENTRE_DIR"] = str(folder.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatepass.centre.settings")
    from django.conf import settings

    from gatepass.centre.passages.moving import DSN, Engine, move

    if not settings.PASSAGES_DSN:
        typer.echo(f"name the PostgreSQL in {DSN}, as postgresql://user@host/database", err=True)
        return 2
    moved: Callable[[Proof], None] = lambda _proof: None  # noqa: E731
    if (folder / "centre.sqlite3").exists():  # otherwise there is no audit yet, nor anything to be on record
        import django

        django.setup()
        from gatepass.centre.passages.actions import note_move

        moved = partial(note_move, to)
    return move(settings.PASSAGES_DIR, settings.PASSAGES_DSN, cast("Engine", to), moved)


def _create_first_administrator() -> None:
    """Where there is no account at all: `admin`, with a password from the environment or a printed one-time one."""
    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.models import User
    from gatepass.centre.accounts.roles import Role

    if User.objects.exists():
        return
    given = os.environ.get(PASSWORD_VARIABLE) or None
    _user, password = create_staff(
        None, FIRST_ADMINISTRATOR, "Administrator", [GrantWish(Role.ADMINISTRATOR)], password=given
    )
    if given:
        typer.echo(f"first administrator: {FIRST_ADMINISTRATOR}, with the password from {PASSWORD_VARIABLE}")
    else:
        typer.echo(f"first administrator: {FIRST_ADMINISTRATOR}, one-time password: {password}")


@app.command()
def staff_add(
    username: Annotated[str, typer.Argument(help="Small Latin letters, digits, dots and dashes.")],
    full_name: Annotated[str, typer.Argument(help="The whole name, as colleagues write it.")],
    role: Annotated[list[str], typer.Option(help="A role for the whole town; may be given several times.")],
    folder: Folder = Path("centre"),
    language: Annotated[str, typer.Option(help="zh-hans, zh-hant, en, ko or ja.")] = "zh-hans",
) -> None:
    """Add a staff account and print its one-time password. Roles for one community are granted on the staff page.

    Example: ./gatepass centre staff-add wang.fang 王芳 --role office --folder /var/lib/gatepass-centre
    """
    set_up(folder, may_found=True)
    from django.conf import settings

    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.roles import Role
    from gatepass.centre.errors import RefusedError

    unknown = [word for word in role if word not in Role.values]
    if unknown or language not in dict(settings.LANGUAGES):
        typer.echo(f"roles are {', '.join(Role.values)}; languages {', '.join(dict(settings.LANGUAGES))}", err=True)
        raise typer.Exit(2)
    try:
        _user, password = create_staff(
            None, username, full_name, [GrantWish(Role(word)) for word in role], language=language
        )
    except RefusedError as refused:
        typer.echo(refused.sentence, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{username}: one-time password {password}")


@app.command()
def staff_renew(
    username: Annotated[str, typer.Argument(help="Whose account another administrator made, or may have come into.")],
    folder: Folder = Path("centre"),
) -> None:
    """Give an account to its owner anew: a one-time password, and from now on no administrator has opened it.

    So whoever had their account from one administrator can be the second person beside that one (docs/accounts.md).
    Every session of the account ends. Example:

    ./gatepass centre staff-renew wang.fang --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from gatepass.centre.accounts.actions import renew
    from gatepass.centre.accounts.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        typer.echo(f"there is no account {username}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{username}: one-time password {renew(user)}")


@app.command()
def staff_factors_drop(
    username: Annotated[str, typer.Argument(help="Whose passkeys, authenticator program and recovery codes are lost.")],
    folder: Folder = Path("centre"),
) -> None:
    """Take away somebody's second factors, where no second administrator can confirm it on the staff page.

    Example: ./gatepass centre staff-factors-drop wang.fang --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from gatepass.centre.accounts.factors import drop_factors
    from gatepass.centre.accounts.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        typer.echo(f"there is no account {username}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{username}: {drop_factors(None, user)} taken away, every session ended; this is on record")


@app.command()
def protection_name(
    resident: Annotated[int, typer.Argument(help="The resident's number, as the audit writes it: resident:12 is 12.")],
    username: Annotated[str, typer.Argument(help="A member of staff whose role opens this resident's page.")],
    folder: Folder = Path("centre"),
) -> None:
    """Name one more member of staff for a protected resident: where all who were named have left.

    Example: ./gatepass centre protection-name 12 wang.fang --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from gatepass.centre.accounts.models import User
    from gatepass.centre.errors import RefusedError
    from gatepass.centre.people.protection.actions import protect
    from gatepass.centre.people.protection.models import Protection

    protection = Protection.objects.filter(resident=resident).select_related("resident").first()
    user = User.objects.filter(username=username).first()
    if protection is None or user is None:
        typer.echo(f"there is no protected resident {resident}, or no account {username}", err=True)
        raise typer.Exit(1)
    try:
        protect(None, protection.resident, [*protection.staff.all(), user])
    except RefusedError as refused:
        typer.echo(refused.sentence, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{username} may see resident {resident} now; this is on record")


@app.command()
def gate_code(
    gate: Annotated[int, typer.Argument(help="The gate's number, as in the address of its page.")],
    folder: Folder = Path("centre"),
) -> None:
    """Issue a one-time enrolment code for a gate and print it.

    Example: ./gatepass centre gate-code 3 --folder /var/lib/gatepass-centre
    """
    set_up(folder)
    from gatepass.centre.sites.actions import issue_enrolment_code
    from gatepass.centre.sites.models import Gate

    found = Gate.objects.filter(pk=gate).first()
    if found is None:
        typer.echo(f"there is no gate {gate}", err=True)
        raise typer.Exit(1)
    typer.echo(issue_enrolment_code(None, found).code)


@app.command()
def api_description() -> None:
    """Print the OpenAPI document of the public API; a copy of it is docs/openapi.json.

    Example: ./gatepass centre api-description > docs/openapi.json
    """
    with tempfile.TemporaryDirectory() as nowhere:
        set_up(Path(nowhere), may_found=True)
        from gatepass.centre.api.describing import as_text

        typer.echo(as_text(), nl=False)
