"""From a passport on the reader to a Document: our share of a reading, beside the time the bytes take through the air.

    python benchmarks/chip_to_document.py

Prints two tables. The chips are made of software and answer in this process; the time that they take themselves is
left out, so that "ours" is what the gate computes in a whole conversation: keys, protection, files, signatures. "air"
is what the bytes of all commands and answers need at least at 424 kbit/s, the middle one of the speeds of ISO/IEC
14443; a real chip's own thinking comes on top of it. "last byte" is `read_ms`: what is left to do after it.

The second table reads a list of 500 states, and beside it has `cryptography` load the same certificates.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from gatepass.identity.emrtd import Issuers, document_of, issuers
from gatepass.identity.emrtd.certificates import Certificate
from gatepass.identity.emrtd.lds import security_infos
from gatepass.identity.emrtd.tlv import build, oid_value
from gatepass.readers.pcsc import AccessKey, SoftwareChip
from gatepass.readers.pcsc.access import Pace, ways
from gatepass.readers.pcsc.chip import ChipTalk
from gatepass.readers.pcsc.groups import CurveGroup, standard_group
from gatepass.readers.pcsc.software_chip import ChipKeys
from gatepass.readers.pcsc.specimens import (
    SpecimenState,
    data_group_1,
    data_group_2,
    data_group_14,
    data_group_15,
)

REPEATS = 40
AIR_BITS = 424_000
STATES = 500
TODAY = date(2026, 11, 24)
FACE = b"\xff\xd8\xff" + bytes(18_000)
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
KEY = AccessKey.of_zone(ZONE)


def way(name: str, parameter: int) -> Pace:
    protocol = build(0x06, oid_value(f"0.4.0.127.0.7.2.2.4.{name}"))
    info = build(0x30, protocol, build(0x02, b"\x02"), build(0x02, bytes((parameter,))))
    return ways(security_infos(build(0x31, info)))[0]


class Conversation:
    """One reading: what the chip's own part took, and what went through the air."""

    def __init__(self, chip: SoftwareChip) -> None:
        self.chip = chip
        self.commands = self.octets = 0
        self.chips_own = 0.0
        self.last = 0.0

    def transmit(self, command: bytes) -> bytes:
        began = time.perf_counter()
        answer = self.chip.answer(command)
        self.last = time.perf_counter()
        self.chips_own += self.last - began
        self.commands += 1
        self.octets += len(command) + len(answer)
        return answer

    def hold(self, known: Issuers) -> tuple[float, float]:
        """Milliseconds: ours in all, and after the last byte."""
        self.chip.reset()
        began = time.perf_counter()
        files = ChipTalk(self.transmit, atr=self.chip.atr).read([KEY]).files
        document_of(files, issuers=known, today=TODAY)
        done = time.perf_counter()
        return (done - began - self.chips_own) * 1000, (done - self.last) * 1000


def percentile(samples: Sequence[float], share: float) -> float:
    return sorted(samples)[int(len(samples) * share)]


def chips(state: SpecimenState) -> dict[str, SoftwareChip]:
    groups = {1: data_group_1(ZONE), 2: data_group_2(FACE)}
    group = standard_group(13)
    assert isinstance(group, CurveGroup)
    secret = group.secret()
    active = rsa.generate_private_key(65537, 1024)
    plain = state.issue(groups)
    with_chip = state.issue(groups | {14: data_group_14(group, secret, suite="2")})
    with_active = state.issue(groups | {15: data_group_15(active)})
    usual = [way("2.2", 13)]
    return {
        "basic access, 3DES": SoftwareChip(plain, key=KEY),
        "basic access, active authentication": SoftwareChip(with_active, key=KEY, keys=ChipKeys(active=active)),
        "PACE brainpoolP256r1, AES-128": SoftwareChip(plain, key=KEY, ways=usual),
        "… and answers of 2 kB": SoftwareChip(plain, key=KEY, ways=usual, longest_answer=2048),
        "… and chip authentication": SoftwareChip(with_chip, key=KEY, ways=usual, keys=ChipKeys(secret, group)),
        "PACE secp256r1, integrated mapping": SoftwareChip(plain, key=KEY, ways=[way("4.2", 12)]),
        "PACE brainpoolP512r1, AES-256": SoftwareChip(plain, key=KEY, ways=[way("2.4", 17)]),
        "PACE 2048-bit field, AES-128": SoftwareChip(plain, key=KEY, ways=[way("1.2", 2)]),
    }


def read_passports() -> None:
    state = SpecimenState("UT")
    known, _ = issuers.read([("ut.cer", state.certificate)])
    made = chips(state)
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in made}
    told: dict[str, Conversation] = {}
    for _ in range(REPEATS):
        for name, chip in made.items():
            talk = told[name] = Conversation(chip)
            samples[name].append(talk.hold(known))
    print(
        f"{'a passport with a face of 18 kB; milliseconds':<46}{'commands':>9}{'kB':>6}{'air':>8}"
        f"{'ours p50':>10}{'p95':>8}{'ours/air':>10}{'last byte':>11}"
    )
    for name, talk in told.items():
        ours, last = [one for one, _ in samples[name]], [other for _, other in samples[name]]
        air = talk.octets * 8 / AIR_BITS * 1000
        half = statistics.median(ours)
        print(
            f"{name:<46}{talk.commands:>9}{talk.octets / 1000:>6.1f}{air:>8.0f}{half:>10.1f}"
            f"{percentile(ours, 0.95):>8.1f}{half / air:>10.2f}{statistics.median(last):>11.2f}"
        )


def read_lists() -> None:
    one = SpecimenState("UT")
    names = [first + second for first in "ABCDEFGHIJKLMNOPQRST" for second in "ABCDEFGHIJKLMNOPQRSTUVWXY"][:STATES]
    certificates = [SpecimenState(name).certificate for name in names]
    content = one.master_list(*certificates)
    measured: dict[str, Callable[[], object]] = {
        "gatepass: the whole list, its signature verified": lambda: issuers.read([("list.ml", content)]),
        "gatepass: the certificates alone": lambda: [Certificate(octets).key for octets in certificates],
        "cryptography: the certificates alone": lambda: [
            x509.load_der_x509_certificate(octets).public_key() for octets in certificates
        ],
    }
    samples: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(5):
        for name, work in measured.items():
            began = time.perf_counter()
            work()
            samples[name].append((time.perf_counter() - began) * 1000)
    print(f"\n{f'a list of {STATES} states; milliseconds':<54}{'p50':>8}{'ratio':>8}")
    least = statistics.median(samples["cryptography: the certificates alone"])
    for name, times in samples.items():
        print(f"{name:<54}{statistics.median(times):>8.0f}{statistics.median(times) / least:>8.1f}")


if __name__ == "__main__":
    read_passports()
    read_lists()
