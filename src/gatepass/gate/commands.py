"""`gatepass gate …`: enrol a terminal, run it, look into it."""

from __future__ import annotations

import asyncio
import gc
import getpass
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from gatepass.gate.device import GateFolder
from gatepass.gate.problems import EnrolmentError, GateError, preferred_language, sentences, state_sentences
from gatepass.gate.settings import GateSettings
from gatepass.languages import Language

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The terminal at a gate: enrol it, run it, look into it.\n\nExample: ./gatepass gate readers",
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

    Example: ./gatepass gate enrol --centre https://centre.example.org --code K7QM-2VXD --folder /var/lib/gatepass-gate
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

    Example: ./gatepass gate run --folder /var/lib/gatepass-gate --reader sam:/dev/ttyUSB0
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

    Example: ./gatepass gate status --folder /var/lib/gatepass-gate
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
def readers(
    folder: Folder = None,
    reader: Annotated[
        list[str] | None, typer.Option(help="Only this reader, FAMILY:PORT. May be given again.", show_default=False)
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="How long each is given: 6, or 20 with --try.", min=0.5, show_default=False)
    ] = None,
    ask_for_card: Annotated[bool, typer.Option("--try", help="Wait at each for a document or a code.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    language: Annotated[
        str | None, typer.Option(help="zh-Hans, zh-Hant, en, ko or ja; else that of the terminal.", show_default=False)
    ] = None,
) -> None:
    """Find what is attached, test it, and say what is wrong and what to do. No enrolled gate is needed.

    What GATEPASS_GATE_READER names is tested too, attached or not; a gate that runs in the folder holds its readers and
    is asked about them. Exit status 0: all work. 1: one does not, or showed nothing with --try. 3: nothing is attached.

    Example: ./gatepass gate readers --try --seconds 30
    """
    import json
    import logging

    from gatepass.gate.checking import check_readers, verdict
    from gatepass.gate.faces import Faces

    # What a reader has to say, the report says; its warnings would stand between the lines.
    talkative = logging.getLogger("gatepass.readers")
    before = talkative.level
    talkative.setLevel(logging.CRITICAL)
    spoken = preferred_language(language) if language else _language()
    words = {code: texts[spoken] for code, texts in sentences()["reader"].items()}
    given = seconds if seconds is not None else (20.0 if ask_for_card else 6.0)

    def now(name: str) -> None:
        typer.echo(words["try_now"].format(reader=name, seconds=f"{given:g}"), err=True)

    settings = _settings(folder)
    named = reader or settings.reader
    held = _readers_of_running_gate(settings)
    found = asyncio.run(
        check_readers(named, held=held, look=not reader, seconds=given, wants_card=ask_for_card, on_ready=now)
    )
    talkative.setLevel(before)
    status = verdict(found, wants_card=ask_for_card)
    trouble = Faces.check(settings, [finding.reader for finding in found if finding.is_good])
    faces = sentences()["state"][trouble][spoken] if trouble else words["faces_ready"]
    if as_json:
        report = [finding.as_json(spoken) for finding in found]
        about_faces = {"code": trouble or "ready", "sentence": faces}
        told = {"exit": status, "readers": report, "faces": about_faces}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        raise typer.Exit(status)
    for finding in found:
        typer.echo(f"{finding.mark} {finding.reader}{'  ' + finding.name if finding.name else ''}".rstrip())
        typer.echo(f"    {finding.sentence(spoken)}{'' if finding.is_good else f' [{finding.code}]'}")
    if reader is None:
        typer.echo(f"{'–' if trouble else '✓'} {faces}{f' [{trouble}]' if trouble else ''}")
    good = [finding.reader for finding in found if finding.is_good]
    if good:
        options = " ".join(f"--reader {shlex.quote(name)}" for name in good)
        typer.echo(f"{words['start_with']} ./gatepass gate run {options}")
    elif status == 3:
        typer.echo(words["nothing"])
    raise typer.Exit(status)


@app.command()
def pin(
    folder: Folder = None,
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the PIN from standard input.")] = False,
) -> None:
    """Set the guard's PIN, 4 to 12 digits. A running gate uses it at once.

    Example: ./gatepass gate pin --folder /var/lib/gatepass-gate
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

    Example: ./gatepass gate journal --folder /var/lib/gatepass-gate --verify
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


def _readers_of_running_gate(settings: GateSettings) -> dict[str, str]:
    """Reader -> READER_DETAILS code, or `ready`, as the gate that runs in this folder says; empty where none runs."""
    import httpx2

    if not settings.folder.is_dir():
        return {}
    try:
        answer = httpx2.get(f"http://127.0.0.1:{settings.port}/healthz", timeout=1, trust_env=False)
        readers = answer.json()["readers"]
        return {each["reader"]: each["detail"] or each["state"] for each in readers}
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return {}


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
