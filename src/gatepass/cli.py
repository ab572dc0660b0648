"""The one command. Each sub-command's room is imported only when it is called, so that `--help` answers at once."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

ROOT = Path(os.environ.get("GATEPASS_ROOT", Path(__file__).resolve().parents[2]))

# Rooms with commands of their own: name -> (module:typer app, one line for the list).
ROOMS = {
    "gate": ("gatepass.gate.commands:app", "The terminal at a gate: enrol it, run it, look into it."),
    "centre": ("gatepass.centre.commands:app", "The platform's housekeeping: staff, forgetting, backups."),
    "audit": ("gatepass.centre.audit.commands:app", "Who did what: check the chain, sign its state."),
    "readers": ("gatepass.readers.commands:app", "Scanners and keypads: record what one sends, play it again."),
    "speech": ("gatepass.speech.commands:app", "The spoken prompts: list, render, check."),
}


class Rooms(TyperGroup):
    """A group whose rooms are imported when they are called, not when they are listed.

    Contexts and commands are of typer's own copy of click, which has no public name: hence `Any`.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *ROOMS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in ROOMS:
            return super().get_command(ctx, cmd_name)
        if self.is_listing():
            # The list needs a line of help, not the room.
            return TyperGroup(name=cmd_name, help=ROOMS[cmd_name][1])
        module, _, attribute = ROOMS[cmd_name][0].partition(":")
        return get_command(getattr(importlib.import_module(module), attribute))

    @staticmethod
    def is_listing() -> bool:
        return not any(word in ROOMS for word in sys.argv[1:])


app = typer.Typer(
    cls=Rooms,
    no_args_is_help=True,
    # It would complete `gatepass`; what people type is `./gatepass`.
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="gatepass: may this person come in? Start with `./gatepass demo`.",
)


@app.callback(invoke_without_command=True)
def _top(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        from gatepass import __version__

        typer.echo(f"gatepass {__version__}")
        raise typer.Exit


@app.command()
def demo(
    check: Annotated[
        bool, typer.Option(help="Walk the story without a browser window, print a line per check.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where the town lives; made if it is not there.")] = Path("demo-town"),
    residents: Annotated[int, typer.Option(help="People in the town.", min=50, max=100_000)] = 3000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same town.")] = 2020,
    port: Annotated[
        int, typer.Option(help="First of four ports: centre, gate, card tray, cable.", min=1024, max=65000)
    ] = 8600,
    fresh: Annotated[bool, typer.Option(help="Throw the old town away first.")] = False,
) -> None:
    """A simulated town: centre, three gates, residents, a real reader protocol on a pty, and a card tray to lay cards.

    Example: ./gatepass demo            then open the addresses that it prints
    Example: ./gatepass demo --check    ends with `demo check: N passed, M failed`
    """
    from gatepass.demo.commands import run_check, run_demo

    if check:
        raise typer.Exit(run_check(residents=residents, seed=seed))
    run_demo(folder=folder, residents=residents, seed=seed, port=port, fresh=fresh)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(
    ctx: typer.Context,
    fast: Annotated[
        bool, typer.Option(help="Leave out what takes more than a second, the browser, and the centre's database.")
    ] = False,
    workers: Annotated[int, typer.Option("-n", help="Processes to run the tests in.")] = 2,
) -> None:
    """Every test; further words go to pytest.

    Example: ./gatepass test
    Example: ./gatepass test --fast
    Example: ./gatepass test tests/identity -k number
    """
    words = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "worksteal"]
    if fast:
        words += ["-m", "not slow and not browser"]
    if fast and not ctx.args:
        # Half of the tests, each with a town of its own in a database. Who names a folder of them gets it.
        words += ["--ignore", "tests/centre"]
    # Images for containers like to forbid bytecode; each worker, and each process of a test, would compile all anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    raise typer.Exit(subprocess.run([*words, *ctx.args], check=False, cwd=ROOT, env=environment).returncode)


@app.command()
def lint() -> None:
    """Style, types, who may import whom, and that no language has a gap. Prints every finding, not only the first.

    Example: ./gatepass lint
    """
    from gatepass.lint import run

    raise typer.Exit(run(ROOT))


@app.command()
def texts(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.")] = Path("texts"),
    pictures: Annotated[Path | None, typer.Option(help="A folder of GATEPASS_SCREENSHOTS, taken by the tests.")] = None,
) -> None:
    """For reviewers: every string in five languages, where it is used, and a picture where there is one.

    Example: ./gatepass texts
    Example: GATEPASS_SCREENSHOTS=/tmp/pictures ./gatepass test -m browser; ./gatepass texts --pictures /tmp/pictures
    """
    from gatepass.texts import write

    counts = write(folder, pictures)
    typer.echo(", ".join(f"{count} {what}" for what, count in counts.items()) + f": {folder / 'index.html'}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    ctx: typer.Context, name: Annotated[str, typer.Argument(help="Which benchmark; none lists them.")] = ""
) -> None:
    """Measure, beside a peer or the physical limit, and print a table.

    Example: ./gatepass bench                       lists them
    Example: ./gatepass bench all
    Example: ./gatepass bench directory_lookup --people 1000000
    """
    scripts = {path.stem: path for path in sorted((ROOT / "benchmarks").glob("[a-z]*.py"))}
    if not name:
        for stem, path in scripts.items():
            first = path.read_text(encoding="utf-8").splitlines()[0].strip('"')
            typer.echo(f"{stem:24} {first}")
        return
    if name != "all" and name not in scripts:
        typer.echo(f"no benchmark {name!r}; `./gatepass bench` lists them", err=True)
        raise typer.Exit(2)
    for stem, path in scripts.items():
        if name in {"all", stem}:
            typer.echo(f"\n## {stem}\n")
            status = subprocess.run([sys.executable, str(path), *ctx.args], check=False, cwd=ROOT).returncode
            if status:
                raise typer.Exit(status)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def fuzz(
    ctx: typer.Context,
    guided: Annotated[bool, typer.Option(help="Guided by coverage, ten minutes a parser; needs atheris.")] = False,
) -> None:
    """Damaged input by the million for every parser that faces the outside; further words name parsers or options.

    Example: ./gatepass fuzz
    Example: ./gatepass fuzz --inputs 100000 chip mrz
    Example: ./gatepass fuzz --guided --minutes 10 chip
    """
    words = [sys.executable, "-m", "fuzz.guided" if guided else "fuzz.mutate"]
    raise typer.Exit(subprocess.run([*words, *ctx.args], check=False, cwd=ROOT).returncode)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
)
def run(ctx: typer.Context) -> None:
    """Run any command inside the environment.

    Example: ./gatepass run python -c "import gatepass; print(gatepass.__version__)"
    """
    if not ctx.args:
        typer.echo("run what? For example: ./gatepass run python", err=True)
        raise typer.Exit(2)
    inside = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        raise typer.Exit(subprocess.run(ctx.args, check=False, env=inside).returncode)
    except FileNotFoundError:
        typer.echo(f"there is no command {ctx.args[0]!r} inside the environment or on the path", err=True)
        raise typer.Exit(127) from None


@app.command()
def verify(
    text: Annotated[str | None, typer.Argument(help="The code's text; - reads it from standard input.")] = None,
    image: Annotated[Path | None, typer.Option(help="A picture with one or more codes, instead of a text.")] = None,
    trust: Annotated[Path, typer.Option(help="A trust list, a gate's folder, or a centre's folder.")] = Path("centre"),
    at: Annotated[datetime | None, typer.Option(help="Judge for this moment, in this machine's time zone.")] = None,
    language: Annotated[str, typer.Option(help="One of zh-Hans, zh-Hant, en, ko, ja.")] = "zh-Hans",
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON for each code.")] = False,
) -> None:
    """What a gate would say of a shown code. Exit status: 0 pass, 3 hold, 4 refuse, 2 nothing could be judged.

    Example: ./gatepass verify --trust /var/lib/gatepass/gate --image photo.jpg
    Example: ./gatepass verify --trust trust.json --language en 'GP1:…'
    Example: cat code.txt | ./gatepass verify --trust centre -
    """
    from gatepass.verify import run

    raise typer.Exit(run(text, image, trust, at, language, as_json))


@app.command()
def serve(
    folder: Annotated[Path, typer.Option(help="Where the centre keeps everything.")] = Path("centre"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8600,
) -> None:
    """The centre: staff site for people, gateway for gates, on one port.

    Example: ./gatepass serve --folder /var/lib/gatepass-centre --port 8600
    """
    os.environ["GATEPASS_CENTRE_DIR"] = str(folder.resolve())
    from gatepass.centre.commands import serve as serve_centre

    serve_centre(folder=folder, host=host, port=port)


@app.command()
def migrate_store(
    to: Annotated[str, typer.Argument(help="`postgresql`, or `files` for the way back.")],
    folder: Annotated[Path, typer.Option(help="Where the centre keeps everything.")] = Path("centre"),
) -> None:
    """Move a town's passages from day files to PostgreSQL, or back, and prove that nothing was lost.

    The PostgreSQL is the one that GATEPASS_CENTRE_PASSAGES_DSN names. Stop the centre first. Interrupt it whenever you
    like: said again, it goes on with the next day. At the end each day's rows and digest stand side by side.

    Example: ./gatepass migrate-store postgresql --folder /var/lib/gatepass-centre
    """
    from gatepass.centre.commands import migrate_store as migrate

    raise typer.Exit(migrate(folder, to))
