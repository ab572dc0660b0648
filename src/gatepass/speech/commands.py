"""gatepass speech: list, render, check, adopt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gatepass.languages import LANGUAGES
from gatepass.speech import rendering
from gatepass.speech.opus import ToolMissing
from gatepass.speech.prompts import AUDIO, PROMPTS, Rendered, UnknownPrompt, path

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="What the gate says aloud, in five languages.\n\nExample: ./gatepass speech list --language ko",
    no_args_is_help=True,
)
console = Console()


@app.command("list")
def show(
    language: Annotated[str, typer.Option(help="One of zh-Hans, zh-Hant, en, ko, ja.")] = "zh-Hans",
) -> None:
    """The script for a human speaker: every prompt and its sentence.

    Example: ./gatepass speech list --language ko
    """
    if language not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    table = Table("file", "sentence", title=f"{len(PROMPTS)} prompts")
    for prompt, entry in PROMPTS.items():
        table.add_row(f"{language}/{prompt}.wav", entry.texts[language])
    console.print(table)


@app.command()
def render(
    everything: Annotated[bool, typer.Option("--all", help="Also what is up to date.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = AUDIO,
) -> None:
    """Renders what is missing or was reworded. Needs espeak-ng, opus-tools and, for Japanese, pyopenjtalk-plus.

    Example: ./gatepass speech render
    """
    wanted = list(rendering.pieces()) if everything else rendering.outdated(folder)
    if not wanted:
        console.print("Every prompt is up to date.")
        return

    def done(piece: rendering.Piece, made: Rendered) -> None:
        console.print(
            f"{piece.name}  {made.seconds:.2f} s  {made.level:.1f} dBFS, peak {made.peak:.1f}  {made.bytes} B"
        )

    try:
        rendering.render(wanted, folder, on_done=done)
    except (ToolMissing, ValueError) as error:
        console.print(f"[bold]{error}[/bold]")
        raise typer.Exit(1) from error
    console.print(f"{len(wanted)} rendered.")


@app.command()
def check() -> None:
    """Says which shipped prompts are missing, damaged or older than their wording.

    Example: ./gatepass speech check
    """
    late = rendering.outdated()
    for piece in late:
        console.print(f"{piece.name}: not made from the present wording")
    if late:
        console.print(f"{len(late)} to render: ./gatepass speech render")
        raise typer.Exit(1)
    console.print("Every prompt is up to date.")


@app.command()
def adopt(
    recordings: Annotated[Path, typer.Argument(help="Folder of <language>/<prompt>.wav, 16 bit.", exists=True)],
    overrides: Annotated[Path, typer.Argument(help="The gate's prompts folder; each file replaces one of ours.")],
) -> None:
    """Brings human recordings to the common loudness and puts them where the gate finds them first.

    Example: ./gatepass speech adopt recordings/ /var/lib/gatepass-gate/prompts
    """
    failed = 0
    for recording in sorted(recordings.glob("*/*.wav")):
        language, prompt = recording.parent.name, recording.stem
        target = overrides / language / f"{prompt}.opus"
        try:
            path(prompt, language)
            heard = rendering.adopt(recording.read_bytes(), target)
        except (UnknownPrompt, ValueError) as error:
            failed += 1
            console.print(f"{language}/{recording.name}: {error}")
        except ToolMissing as error:
            console.print(f"[bold]{error}[/bold]")
            raise typer.Exit(1) from error
        else:
            console.print(f"{language}/{prompt}.opus  {heard.seconds:.2f} s  {heard.level:.1f} dBFS")
    if failed:
        console.print(f"{failed} refused")
        raise typer.Exit(1)
