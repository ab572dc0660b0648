"""`gatepass demo` and `gatepass demo --check`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import typer
import uvicorn

from gatepass.demo.stage import Ports, Stage, StageError, forget
from gatepass.demo.tray_server import tray_application
from gatepass.gate.faces import Faces
from gatepass.gate.problems import sentences
from gatepass.gate.settings import GateSettings


def run_demo(folder: Path, residents: int, seed: int, port: int, fresh: bool) -> None:
    """Open the town and keep it open until Ctrl-C."""
    try:
        if fresh:
            forget(folder)
        ports = Ports.from_first(port)
        refuse_taken(ports)
        asyncio.run(_keep_open(Stage(folder, residents, seed, ports, say=typer.echo)))
    except StageError as error:
        typer.echo(f"demo: {error}", err=True)
        raise typer.Exit(1) from None


def run_check(residents: int, seed: int) -> int:
    """Walk the story; 0 when every check passed."""
    from gatepass.demo.check import walk

    with tempfile.TemporaryDirectory(prefix="gatepass-check-") as folder:
        return asyncio.run(walk(Path(folder), residents, seed))


def refuse_taken(ports: Ports) -> None:
    for port in (ports.centre, ports.gate, ports.tray, ports.cable):
        with socket.socket() as probe:
            # As the servers do: a port that only waits out its last connection is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise StageError(f"port {port} is taken; give another with --port") from None


class _QuietServer(uvicorn.Server):
    """Leaves Ctrl-C to the stage, which ends its parts in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def tray_served(stage: Stage) -> AsyncIterator[None]:
    """The card tray on its port, for as long as the block lasts."""
    config = uvicorn.Config(tray_application(stage), port=stage.ports.tray, log_level="warning", ws="none")
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if serving.done():
                raise StageError("the card tray did not come up")
            await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await serving


async def _keep_open(stage: Stage) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        began = time.monotonic()
        await stage.open()
        async with tray_served(stage):
            typer.echo(f"open after {time.monotonic() - began:.0f} s")
            typer.echo(welcome(stage))
            await stopped.wait()
            typer.echo("\nclosing the town; it is kept, and opens again as it was")
    finally:
        await stage.close()


def faces_here(stage: Stage) -> str:
    """Whether the live gate can compare faces. What lies on the tray has no portrait: bring a passport."""
    trouble = Faces.check(GateSettings(), stage.table.readers)
    if trouble:
        return f"{sentences()['state'][trouble]['en']} (docs/faces.md)."
    return "Faces are compared where a gate's rules ask for it: staff site, Gates and devices (docs/faces.md)."


def welcome(stage: Stage) -> str:
    """Addresses and log-ins, in the order in which one wants them."""
    lines = [
        "",
        "The town is open. Put the first two side by side and lay a card down:",
        "",
        f"  card tray     {stage.tray_url}/",
        f"  kiosk         {stage.gate_url}/",
        f"  guard desk    {stage.gate_url}/desk      PIN {stage.facts['guard_pin']}",
        f"  staff site    {stage.centre_url}/",
        "",
        "Log-ins of the staff site (made for this town only):",
        "",
    ]
    lines += [f"  {staff['role']:15} {staff['username']:12} {staff['password']}" for staff in stage.facts["staff"]]
    lines += [
        "",
        faces_here(stage),
        "",
        f"For residents: {stage.centre_url}/my/      log in as {stage.facts['applicant']}, who looks after her mother;",
        "the one-time code, and every other message, appears in this terminal.",
        "",
        "Ctrl-C closes the town.",
    ]
    return "\n".join(lines)
