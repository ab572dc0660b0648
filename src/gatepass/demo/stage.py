"""The demo's stage: centre, live gate and reader as separate processes and a pty, the way they stand in a real town.

1. `seed` writes the town into a fresh centre folder and leaves one enrolment code a gate.
2. The centre serves; the cable relays the live gate's traffic to it.
3. The live gate enrols through the cable with its one-time code, then runs against the simulator's pty.
4. The far gates enrol, deliver the last 24 hours, and go on in a trickle.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from gatepass.demo.answers import HELD_WAIT_S, WAIT_S, Answers
from gatepass.demo.cable import Cable
from gatepass.demo.carried import THINGS, Way
from gatepass.demo.table import Table
from gatepass.demo.town import STREET, Townsperson, people
from gatepass.demo.traffic import FarGate, fill_the_day, trickle
from gatepass.files import write_whole


@dataclass(frozen=True, slots=True)
class Ports:
    """Four in a row: what the browser opens, and the cable between gate and centre."""

    centre: int
    gate: int
    tray: int
    cable: int

    @classmethod
    def from_first(cls, first: int) -> Ports:
        return cls(first, first + 1, first + 2, first + 3)


class StageError(Exception):
    """A part of the stage did not come up. The message says which, and where its log is."""


def seed_town(folder: Path, residents: int, seed: int) -> dict[str, Any]:
    """Write the town into `folder/centre` in a process of its own (Django wants one per settings); what it printed."""
    inside = {**os.environ, "GATEPASS_CENTRE_DIR": str(folder / "centre")}
    command = [sys.executable, "-m", "gatepass.demo.seed", str(residents), str(seed)]
    done = subprocess.run(command, env=inside, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StageError(f"the town could not be written:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


class Stage:
    """Everything that runs while the demo runs. `say` gets one line for each thing that came up."""

    def __init__(self, folder: Path, residents: int, seed: int, ports: Ports, say: Callable[[str], None]) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.say = say
        self.residents = residents
        self.seed = seed
        self.town: list[Townsperson] = people(residents, seed)
        self.by_key = {person.key: person for person in self.town}
        self.cable = Cable(ports.cable, ports.centre)
        self.things = {thing.key: thing for thing in THINGS}
        self.table = Table(self.folder, lambda: self.facts["codes"])
        self.answers = Answers(self.gate_url)
        self.card: str | None = None
        self.reader_attached = True
        self.facts: dict[str, Any] = {}
        self._centre: subprocess.Popen[bytes] | None = None
        self._gate: subprocess.Popen[bytes] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._client = httpx2.AsyncClient(timeout=20)

    # -- coming up and going down ---------------------------------------------------------------------------------

    async def open(self) -> None:
        """Bring everything up; raises StageError naming what did not."""
        known = self.folder / "facts.json"
        self.folder.mkdir(parents=True, exist_ok=True)
        if known.exists():
            self.facts = json.loads(known.read_text())
            if (self.facts["residents"], self.facts["seed"]) != (self.residents, self.seed):
                raise StageError(f"{self.folder} holds another town; give --fresh, or another --folder")
        else:
            self.say(f"writing a town of {self.residents} people (seed {self.seed}) into {self.folder.name}")
            seeded = await asyncio.to_thread(seed_town, self.folder, self.residents, self.seed)
            self.facts = {"residents": self.residents, "seed": self.seed, **seeded}
            write_whole(known, json.dumps(self.facts, ensure_ascii=False, indent=1).encode(), mode=0o600)
        await self.start_centre()
        await self.cable.plug_in()
        self.table.set_up()
        await self.enrol_gate()
        await self.start_gate()
        self._tasks += [
            asyncio.create_task(self._far_gates()),
            asyncio.create_task(self.answers.listen()),
            asyncio.create_task(self._read_messages_out()),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for process in (self._gate, self._centre):
            await asyncio.to_thread(end, process)
        await self.cable.pull()
        self.table.clear()
        await self._client.aclose()

    async def start_centre(self) -> None:
        self._centre = self._spawn(
            "centre", ["serve", "--folder", str(self.folder / "centre"), "--port", str(self.ports.centre)]
        )
        await self._until_answers(self._centre, f"{self.centre_url}/healthz", "centre")
        self.say(f"centre answers on {self.centre_url}")

    async def enrol_gate(self) -> None:
        gate_folder = self.folder / "gate"
        if (gate_folder / "device.json").exists():
            return
        code = self.facts["gates"][0]["code"]
        words = ["gate", "enrol", "--centre", self.cable_url, "--code", code, "--folder", str(gate_folder)]
        await self._run("enrolment", words)
        pin = ["gate", "pin", "--folder", str(gate_folder), "--stdin"]
        await self._run("enrolment", pin, typed=self.facts["guard_pin"] + "\n")
        self.say("live gate enrolled with its one-time code")

    async def start_gate(self) -> None:
        words = ["gate", "run", "--folder", str(self.folder / "gate"), "--port", str(self.ports.gate)]
        for reader in self.table.readers:
            words += ["--reader", reader]
        self._gate = self._spawn("gate", words)
        await self._until_answers(self._gate, f"{self.gate_url}/healthz", "gate")
        self.say(f"live gate answers on {self.gate_url}")

    async def kill_gate(self) -> None:
        """SIGKILL: no goodbye, as in a power cut."""
        if self._gate is not None:
            self._gate.kill()
            await asyncio.to_thread(self._gate.wait)

    @property
    def gate_lives(self) -> bool:
        return self._gate is not None and self._gate.poll() is None

    # -- what the card tray does ----------------------------------------------------------------------------------

    def lay(self, key: str, hold: float | None = None) -> None:
        """Lay this person's card on the reader; KeyError for an unknown key."""
        person = self.by_key[key]
        self.card = key
        self.answers.expect(key)
        self.table.lay(person, hold)

    async def present(self, key: str) -> None:
        """Show, lay or type one of `carried.THINGS`; KeyError for an unknown key, StageError if the desk refuses."""
        thing = self.things[key]
        self.answers.expect(key, HELD_WAIT_S if thing.way is Way.HELD else WAIT_S)
        if thing.way is Way.TYPED:
            await self._type(thing.text, thing.kind, thing.issuer)
        else:
            self.card = key if thing.way in {Way.CHIP, Way.HELD} else self.card
            await asyncio.to_thread(self.table.present, thing)

    async def lift(self) -> None:
        """Lifts what lies on a reader, and takes away what is held before the camera."""
        held = self.things.get(self.card or "")
        self.card = None
        self.table.lift()
        if held is not None and held.way is Way.HELD:
            await asyncio.to_thread(self.table.take_away)

    def fault(self, name: str) -> None:
        """A fault of the reader by its name in `Fault`, or `vanish` / `come_back`; KeyError for anything else."""
        self.table.fault(name)
        if name in {"vanish", "come_back"}:
            self.reader_attached = name == "come_back"

    async def _type(self, number: str, kind: str, issuer: str) -> None:
        """As the guard does it: unlock the desk, type, say which document it is."""
        origin = {"origin": self.gate_url}
        async with httpx2.AsyncClient(base_url=self.gate_url, timeout=5, headers=origin) as desk:
            try:
                unlocked = await desk.post("/desk/api/unlock", json={"pin": self.facts["guard_pin"]})
                unlocked.raise_for_status()
                asked = {"number": number, "kind": kind, "issuer": issuer}
                (await desk.post("/desk/api/typed", json=asked)).raise_for_status()
            except httpx2.HTTPError as error:
                raise StageError(f"the desk did not take the number ({type(error).__name__})") from None

    # -- addresses -------------------------------------------------------------------------------------------------

    @property
    def centre_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.centre}"

    @property
    def gate_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.gate}"

    @property
    def cable_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.cable}"

    @property
    def tray_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.tray}"

    # -- inside ----------------------------------------------------------------------------------------------------

    def _spawn(self, name: str, words: list[str]) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        # The sub-district's name stands above the staff site's menu; the demo's staff come in by their passwords.
        inside = {**os.environ, "GATEPASS_CENTRE_TOWN": STREET, "GATEPASS_CENTRE_SECOND_FACTOR_ROLES": ""}
        with log:
            # A session of its own: Ctrl-C reaches the stage, and the stage ends its parts in order.
            return subprocess.Popen(
                [sys.executable, "-m", "gatepass", *words],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=inside,
            )

    async def _run(self, name: str, words: list[str], typed: str = "") -> None:
        command = [sys.executable, "-m", "gatepass", *words]
        done = await asyncio.to_thread(
            subprocess.run, command, input=typed, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise StageError(f"the {name} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")

    async def _until_answers(self, process: subprocess.Popen[bytes], url: str, name: str) -> None:
        for _ in range(600):
            if process.poll() is not None:
                raise StageError(f"the {name} stopped:\n{(self.folder / f'{name}.log').read_text()[-2000:]}")
            with contextlib.suppress(httpx2.HTTPError):
                if (await self._client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.05)
        raise StageError(f"the {name} did not answer within 30 s; see {self.folder / f'{name}.log'}")

    async def _read_messages_out(self) -> None:
        """One-time codes and letters, which the centre writes to its terminal, appear in the demo's own."""
        log = self.folder / "centre.log"
        place, inside = log.stat().st_size if log.exists() else 0, False
        while True:
            await asyncio.sleep(0.5)
            with log.open(encoding="utf-8", errors="replace") as file:
                file.seek(place)
                while (line := file.readline()).endswith("\n"):
                    place = file.tell()
                    opens = line.startswith("--- message to ")
                    if inside or opens:
                        self.say(line.rstrip("\n"))
                    inside = opens or (inside and line != "---\n")

    async def _far_gates(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - dice, not secrets
        registered = [person for person in self.town if person.registered]
        gates: list[FarGate] = []
        for place in self.facts["gates"][1:]:
            dice = random.Random(chance.random())  # noqa: S311
            gate = FarGate(self.centre_url, place["code"], self.folder / f"far-gate-{len(gates)}", dice)
            if gate.memory.exists():
                gate.restore()
            else:
                await gate.enrol(self._client)
                gate.save()
                delivered = await fill_the_day(gate, self._client, registered)
                self.say(f"{place['name']}: {delivered} passages of the last 24 hours delivered")
            gates.append(gate)
        await asyncio.gather(*(trickle(gate, self._client, registered, pace=9) for gate in gates))


def end(process: subprocess.Popen[bytes] | None) -> None:
    """Ask a process to stop, and insist after five seconds."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def forget(folder: Path) -> None:
    """Throw an old town away; refuses a folder that is not one."""
    if folder.exists():
        if not (folder / "facts.json").exists() and any(folder.iterdir()):
            raise StageError(f"{folder} is not a demo town; it is left alone")
        shutil.rmtree(folder)
