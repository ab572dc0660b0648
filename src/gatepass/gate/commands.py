"""`gatepass gate …`: enrol a terminal, run it, look into it."""

from __future__ import annotations

import asyncio
import gc
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from gatepass.gate.device import GateFolder
from gatepass.gate.problems import EnrolmentError, GateError, preferred_language, state_sentences
from gatepass.gate.settings import GateSettings
from gatepass.languages import Language

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The terminal at a gate: enrol it, run it, look into it."
)

Folder = Annotated[
    Path | None, typer.Option(help="The gate folder.", envvar="GATEPASS_GATE_FOLDER", show_default=False)
]


@app.command()
def enrol(
    centre: Annotated[str, typer.Option(help="Address of the centre, https://…")],
    code: Annotated[str, typer.Option(help="The one-time code that the centre shows.")],
    folder: Folder = None,
    allow_http: Annotated[
        bool, typer.Option(help="Permit an address without encryption, on a closed network.")
    ] = False,
) -> None:
    """Make this device known to the centre. The key is made here and never leaves.

    Example: gatepass gate enrol --centre https://centre.example.org --code K7QM-2VXD --folder /var/lib/gatepass-gate
    """
    from gatepass.gate.enrolment import enrol as enrol_device

    with _told():
        gate_folder = GateFolder(_settings(folder).folder)
        device = enrol_device(gate_folder, centre, code, allow_http=allow_http)
        site = gate_folder.site()
    typer.echo(f"{device.device}  {site.site_name} · {site.gate_name} ({site.direction})")


@app.command()
def run(
    folder: Folder = None,
    reader: Annotated[list[str] | None, typer.Option(help="A card reader, FAMILY:PORT. May be given again.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to serve the pages on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve the pages on.")] = None,
    poll_ms: Annotated[
        int | None, typer.Option(help="How often a reader is asked; hardware stands no less than 300.")
    ] = None,
) -> None:
    """Run the gate until it is stopped. The kiosk is at http://127.0.0.1:PORT/, the guard's desk at /desk.

    Example: gatepass gate run --folder /var/lib/gatepass-gate --reader sam:/dev/ttyUSB0
    """
    from gatepass.gate.agent import serve
    from gatepass.logs import log_to_stderr

    log_to_stderr()
    # What was imported lives as long as the process: the collector need never look at it again.
    gc.collect()
    gc.freeze()
    # The journal's thread gets its turn within half a millisecond, not five, while the loop is busy.
    sys.setswitchinterval(0.0005)
    with _told():
        asyncio.run(serve(_settings(folder, reader=reader or None, host=host, port=port, poll_ms=poll_ms)))


@app.command()
def status(
    folder: Folder = None, port: Annotated[int | None, typer.Option(help="Port of the running agent.")] = None
) -> None:
    """Say how the running gate is. Exit status 1 where it is not ready.

    Example: gatepass gate status --folder /var/lib/gatepass-gate
    """
    import httpx2

    settings = _settings(folder, port=port)
    language = _language()
    with _told():
        device = GateFolder(settings.folder).device()
        site = GateFolder(settings.folder).site()
    typer.echo(f"{site.site_name} · {site.gate_name} ({site.direction})  {device.device}  {device.centre}")
    try:
        answer = httpx2.get(f"http://127.0.0.1:{settings.port}/healthz", timeout=5, trust_env=False)
        report = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        typer.echo(_not_running(language, settings.port))
        raise typer.Exit(1) from error
    sentences = state_sentences(language)
    for reason in report["reasons"]:
        typer.echo(f"  {reason:<18} {sentences.get(reason, '')}")
    typer.echo(f"  waiting {report['waiting']}, knowledge {_age(report['knowledge_age_s'])}")
    if not report["ready"]:
        raise typer.Exit(1)


@app.command()
def pin(
    folder: Folder = None,
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the PIN from standard input.")] = False,
) -> None:
    """Set the guard's PIN, 4 to 12 digits. A running gate uses it at once.

    Example: gatepass gate pin --folder /var/lib/gatepass-gate
    """
    from gatepass.gate.guard import set_pin

    with _told():
        gate_folder = GateFolder(_settings(folder).folder)
        gate_folder.device()
        if from_stdin:
            entered = sys.stdin.readline().strip()
        else:
            entered = getpass.getpass("PIN: ")
            if getpass.getpass("PIN: ") != entered:
                raise GateError("pin_differs")
        set_pin(gate_folder, entered)


@app.command()
def journal(
    folder: Folder = None,
    verify: Annotated[
        bool, typer.Option(help="Read every record; exit status 1 where one is missing or unreadable.")
    ] = False,
) -> None:
    """Count what the journal holds. No name is in it; person keys are not shown.

    Example: gatepass gate journal --folder /var/lib/gatepass-gate --verify
    """
    import apsw

    from gatepass.gate.journal import JournalFile

    with _told():
        gate_folder = GateFolder(_settings(folder).folder)
        key = gate_folder.device().journal_key
    if not gate_folder.journal_file.exists():
        typer.echo("records 0")
        return
    try:
        opened = JournalFile(gate_folder.journal_file, key)
        found = opened.verify()
        intact = opened.is_intact() if verify else True
        opened.close()
    except apsw.Error as error:
        typer.echo(f"unreadable: {type(error).__name__}", err=True)
        raise typer.Exit(1) from error
    typer.echo(
        f"records {found.records} ({found.first}..{found.last}), acknowledged to {found.acked}, "
        f"waiting {found.waiting}, missing {found.missing}, undecodable {found.undecodable}"
    )
    if verify and not (found.sound and intact):
        raise typer.Exit(1)


def _settings(folder: Path | None, **given: Any) -> GateSettings:
    """The environment, overridden by what was given on the command line."""
    named = {name: value for name, value in {"folder": folder, **given}.items() if value is not None}
    return GateSettings(**named)


@contextmanager
def _told() -> Iterator[None]:
    """Refusals become one sentence in the language of the terminal, and exit status 1."""
    try:
        yield
    except GateError as error:
        typer.echo(f"{error.sentence(_language())} [{error.code}]", err=True)
        raise typer.Exit(2 if isinstance(error, EnrolmentError) else 1) from error


def _language() -> Language:
    return preferred_language(
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    )


def _not_running(language: Language, port: int) -> str:
    return state_sentences(language)["not_running"].format(port=port)


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes = int(seconds // 60)
    return f"{minutes // 60}:{minutes % 60:02d} h"
