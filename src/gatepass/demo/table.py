"""The gate's table in the demo: a card reader and a scanner on their ptys, a contactless reader on a socket, a camera
that streams pictures through a pipe; and hands.

All of them are attached to one gate at once. What needs the town's key was signed by the centre when the town was
written; a phone's code is made here at each showing, as the phone would.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.credentials import make
from gatepass.demo.carried import Carried, Way
from gatepass.demo.town import Townsperson
from gatepass.identity import chip
from gatepass.readers.camera import CameraSimulator
from gatepass.readers.camera.stage import Shot, code, page
from gatepass.readers.pcsc.simulator import PcscSimulator, SoftwareCard
from gatepass.readers.sam.simulator import Fault, SamSimulator
from gatepass.readers.scanner.simulator import ScannerSimulator

LONGEST_SOCKET_PATH = 100
"""A Unix socket's path has 108 bytes at most."""


PICTURES_PER_S = 5.0
"""A real camera gives thirty; here it shares the machine with a whole town."""


class Table:
    """`codes` gives what the seed has signed (`seed_lives.issue_codes`), once it is there."""

    def __init__(self, folder: Path, codes: Callable[[], dict[str, str]]) -> None:
        self._codes = codes
        self._folder = folder
        self._short: tempfile.TemporaryDirectory[str] | None = None
        self.sam = SamSimulator(link=folder / "reader")
        self.scanner = ScannerSimulator(link=folder / "scanner")
        self.camera = CameraSimulator(folder / "camera", per_s=PICTURES_PER_S)
        self.chip: PcscSimulator | None = None
        self._socket = folder / "chip"

    def set_up(self) -> None:
        self.sam.start()
        self.scanner.come_back()
        self.camera.start()
        if len(bytes(self._socket)) > LONGEST_SOCKET_PATH:
            self._short = tempfile.TemporaryDirectory(prefix="gatepass-")
            self._socket = Path(self._short.name) / "chip"
        self._socket.unlink(missing_ok=True)
        self.chip = PcscSimulator()
        self.chip.listen(self._socket)

    def clear(self) -> None:
        self.sam.stop()
        self.scanner.stop()
        self.camera.stop()
        if self.chip is not None:
            self.chip.close()
        with contextlib.suppress(FileNotFoundError):
            self._socket.unlink()
        if self._short is not None:
            self._short.cleanup()

    @property
    def readers(self) -> list[str]:
        """As `gate run --reader` names them."""
        return [
            f"sam:{self.sam.device}",
            f"scanner:{self.scanner.device}",
            f"pcsc:unix:{self._socket}",
            f"camera:{self.camera.port}",
        ]

    # -- hands -----------------------------------------------------------------------------------------------------

    def lay(self, person: Townsperson, hold: float | None = None) -> None:
        """A chip card onto the card reader."""
        block = chip.encode(person.document)
        if not person.readable:
            # A damaged chip: the digits of the number no longer fit its check character.
            block = block[:122] + block[124:158] + block[122:124] + block[158:]
        self.sam.lay(block, hold=hold)

    def present(self, thing: Carried) -> None:
        """A page or a code before the scanner or the camera, or an enrolled card onto the contactless reader.

        What is held before the camera takes a moment to be drawn, and stays until it is taken away.
        """
        if thing.way is Way.CHIP and self.chip is not None:
            self.chip.lay(SoftwareCard(bytes.fromhex(thing.text)))
        elif thing.way is Way.PAGE:
            self.scanner.show(thing.text, symbology="Z1")
        elif thing.way is Way.CODE:
            self.scanner.show(self.text_of(thing))
        elif thing.way is Way.HELD and thing.kind == "code":
            self.camera.show(code(self.text_of(thing)), Shot(width=0.6, turned=5))
        elif thing.way is Way.HELD:
            self.camera.show(page(self.text_of(thing)), Shot(width=0.9, turned=-3))

    def take_away(self) -> None:
        """From before the camera."""
        self.camera.take_away(leaves=False)

    def lift(self) -> None:
        self.sam.lift()
        if self.chip is not None:
            self.chip.lift()

    def fault(self, name: str) -> None:
        """A fault of the card reader by its name in `Fault`, or `vanish` / `come_back`; KeyError for anything else."""
        if name == "vanish":
            self.sam.vanish()
        elif name == "come_back":
            self.sam.come_back()
        else:
            self.sam.inject(Fault[name.upper()])

    def text_of(self, thing: Carried) -> str:
        """What the code says at this moment; a screenshot is what it said yesterday."""
        if thing.text:
            return thing.text
        codes = self._codes()
        if thing.key in codes:
            return codes[thing.key]
        phone = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(codes[f"{thing.key}_key"]))
        made = datetime.now(UTC) - timedelta(days=1 if thing.key == "screenshot" else 0)
        return make.prove(phone, bytes.fromhex(codes[f"{thing.key}_grant"]), made=made)
