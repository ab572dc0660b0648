"""`gatepass readers …`: record what a device sends, and play it again where there is none."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from gatepass.readers import keypad, recordings, scanner
from gatepass.readers.evdev import EvdevLink
from gatepass.readers.link import LinkLostError, Source
from gatepass.readers.pretence import Pretence
from gatepass.readers.recordings import Piece, Recording

_LINGER_S: Final = 0.5

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Scanners and keypads: record what one sends, play it again.\n\n"
    "Example: ./gatepass readers record scanner:/dev/ttyACM0 --to scanner.jsonl",
)


@app.command()
def record(
    port: Annotated[str, typer.Argument(help="The device as the gate names it, FAMILY:PORT.")],
    to: Annotated[Path, typer.Option(help="File to write.")],
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=1, max=3600)] = 30,
    keep_contents: Annotated[
        bool, typer.Option(help="Keep what was shown or typed. Only with documents that are nobody's.")
    ] = False,
) -> None:
    """Write down how a device frames, paces and ends what it sends; letters and digits are replaced by A and 0.

    Example: ./gatepass readers record scanner:/dev/ttyACM0 --to scanner.jsonl
    """
    try:
        recording = asyncio.run(_listen(port, seconds))
    except (LinkLostError, ValueError) as error:
        typer.echo(f"{port}: {error}", err=True)
        raise typer.Exit(1) from error
    to.write_text(recordings.write(recording if keep_contents else recordings.mask(recording)), encoding="utf-8")
    octets = sum(len(piece.octets) for piece in recording.pieces)
    typer.echo(f"{to}  {recording.device}  {len(recording.pieces)} pieces, {octets} bytes")


@app.command()
def replay(
    recording: Annotated[Path, typer.Argument(help="A file that `record` wrote.")],
    at: Annotated[Path, typer.Option(help="Path of the device that is made; the gate opens it.")],
    times: Annotated[int, typer.Option(help="How often.", min=1)] = 1,
    every: Annotated[float, typer.Option(help="Seconds from one time to the next.", min=0.1)] = 5,
) -> None:
    """Be the device: send a recording at its pace, the first time after so many seconds.

    Example: ./gatepass readers replay scanner.jsonl --at scanner    and --reader scanner:scanner at the gate
    """
    try:
        found = recordings.read(recording.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        typer.echo(f"{recording}: {error}", err=True)
        raise typer.Exit(1) from error
    with Pretence(at, keyboard=found.device == "keyboard") as device:
        for _ in range(times):
            time.sleep(every)
            device.play((piece.dt, piece.octets) for piece in found.pieces)
            device.drain()
            typer.echo(f"{at}  {len(found.pieces)} pieces")
        # What hangs up at once takes with it what was not read yet.
        time.sleep(_LINGER_S)


async def _listen(name: str, seconds: float) -> Recording:
    link = await _open(name)
    pieces: list[Piece] = []
    clock = asyncio.get_running_loop().time
    end, latest = clock() + seconds, None
    try:
        while (remaining := end - clock()) > 0:
            try:
                octets, arrived = await link.read(remaining)
            except (TimeoutError, LinkLostError):
                break
            pieces.append(Piece(0.0 if latest is None else max(0.0, arrived - latest), octets))
            latest = arrived
    finally:
        await link.close()
    return Recording("keyboard" if isinstance(link, EvdevLink) else "serial", tuple(pieces))


async def _open(name: str) -> Source:
    family, _, port = name.partition(":")
    if family == "scanner":
        return await scanner.open_link(scanner.Port.parse(port))
    if family == "keypad":
        return await keypad.open_link(keypad.Port.parse(port))
    raise ValueError("neither scanner:PORT nor keypad:PORT")
