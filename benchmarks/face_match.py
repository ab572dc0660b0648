"""From a document's portrait and a camera's picture to an answer, on one core; beside it, the networks alone.

    python benchmarks/face_match.py
    python benchmarks/face_match.py --detector YUNET.onnx --recogniser SFACE.onnx

Prints one table. "networks" is the limit: `cv2.dnn` runs the same files on pictures of the size that they are run on
here, with nothing before or after it. Weights are not part of gatepass. Without `--recogniser` a network of random
weights stands in, of SFace's size by its published 38.7 MB: MobileNetV1 at stride 16 and one dense layer of 50,176 x
128, 9.6 million weights; it takes the time, and knows no faces. Without `--detector` the tests' detector stands in,
which takes no time worth naming: give YuNet's own file. Faces are drawn.

Time is the processor's, p50 and p95 of so many runs.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from tests.vision.drawing import person
from tests.vision.onnx_file import Network
from tests.vision.stand_ins import as_jpeg, as_jpeg_2000, detector

from gatepass.vision import FaceReader, Likeness, Models, Sighting, Thresholds, load
from gatepass.vision.faces import LOOKED_AT
from gatepass.vision.pictures import fitted

RUNS = 60
PROMISED_MS = 300
# Channels and stride of each pair of depthwise and pointwise layer (Howard et al. 2017, table 1), the first halving
# left out: a face of 112 pixels is as many as 224 are after it.
LAYERS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]


def of_sfaces_size() -> bytes:
    dice = np.random.default_rng(1)
    network = Network({"data": (1, 3, 112, 112)}, ("fc1",))

    def layer(number: int, before: str, shape: tuple[int, ...], stride: int, group: int) -> str:
        fan = shape[1] * shape[2] * shape[3]
        names = [
            network.weight(f"w{number}", dice.standard_normal(shape) * np.sqrt(2 / fan)),
            network.weight(f"b{number}", np.zeros(shape[0])),
        ]
        pad, kernel = shape[2] // 2, shape[2]
        done = network.add(
            "Conv", [before, *names], f"c{number}",
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4, group=group,
        )  # fmt: skip
        slope = network.weight(f"p{number}", np.full((shape[0], 1, 1), 0.25))
        return network.add("PRelu", [done, slope], f"r{number}")

    last, channels = layer(0, "data", (32, 3, 3, 3), 1, 1), 32
    for number, (wider, stride) in enumerate(LAYERS, 1):
        last = layer(2 * number, last, (channels, 1, 3, 3), stride, channels)
        last = layer(2 * number + 1, last, (wider, channels, 1, 1), 1, 1)
        channels = wider
    flat = network.add("Reshape", [last, network.weight("s", np.array([1, 1024 * 49]))], "f")
    network.add("MatMul", [flat, network.weight("m", dice.standard_normal((1024 * 49, 128)) / 224)], "fc1")
    return network.write()


def timed(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    for _ in range(3):
        work()
    took = []
    for _ in range(runs):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took), sorted(took)[int(len(took) * 0.95)]


def loaded() -> tuple[Models, list[cv2.dnn.Net]]:
    """The networks as a gate runs them, and alone."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--detector", type=Path)
    words.add_argument("--recogniser", type=Path)
    given = words.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        first = given.detector or Path(folder) / "detector.onnx"
        second = given.recogniser or Path(folder) / "recogniser.onnx"
        if given.detector is None:
            first.write_bytes(detector())
        if given.recogniser is None:
            second.write_bytes(of_sfaces_size())
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
        print(
            f"detector {first.name}, {first.stat().st_size:,} B; recogniser {second.name}, {second.stat().st_size:,} B"
        )
        began = time.perf_counter()
        models = load(first, second, detector_sha256=hashes[0], recogniser_sha256=hashes[1])
        print(f"loaded, checked and tried once in {(time.perf_counter() - began) * 1000:.0f} ms")
        return models, [cv2.dnn.readNet(str(path)) for path in (first, second)]


def main() -> None:
    models, nets = loaded()
    reader = FaceReader(models)
    on_card = person(1, width=413, height=531, scale=1.2)
    before_camera = person(1, width=1280, height=720, scale=1.6, noise=4)
    small = fitted(before_camera, LOOKED_AT)[0]
    tile = cv2.copyMakeBorder(small, 0, -small.shape[0] % 32, 0, -small.shape[1] % 32, cv2.BORDER_CONSTANT)
    chip = fitted(on_card, LOOKED_AT)[0]
    square = np.full((112, 112, 3), 127, np.uint8)

    def forward(net: cv2.dnn.Net, picture: np.ndarray) -> None:
        net.setInput(cv2.dnn.blobFromImage(picture))
        net.forward(net.getUnconnectedOutLayersNames())

    def networks(times: int, *, portrait: bool) -> Callable[[], None]:
        def run() -> None:
            for _ in range(times):
                forward(nets[0], tile)
                forward(nets[1], square)
            if portrait:
                forward(nets[0], cv2.copyMakeBorder(chip, 0, -chip.shape[0] % 32, 0, -chip.shape[1] % 32, 0))
                forward(nets[1], square)

        return run

    jpeg, jpeg_2000 = as_jpeg(on_card, 80), as_jpeg_2000(on_card)
    known = reader.portrait(jpeg)
    assert isinstance(known, Sighting), known
    assert isinstance(reader.view(before_camera), Sighting)

    def answer(octets: bytes, pictures: int) -> Callable[[], None]:
        def run() -> None:
            portrait = reader.portrait(octets)
            assert isinstance(portrait, Sighting)
            # Limits that nobody reaches, so that every picture is looked at.
            likeness = Likeness(portrait, Thresholds(1.0, -1.0) if pictures > 1 else Thresholds(-1.0, -1.0))
            for _ in range(pictures):
                seen = reader.view(before_camera)
                assert isinstance(seen, Sighting)
                likeness.look(seen)

        return run

    rows = [
        ("portrait, JPEG 413 x 531", lambda: reader.portrait(jpeg), networks(0, portrait=True)),
        ("portrait, JPEG 2000 413 x 531", lambda: reader.portrait(jpeg_2000), networks(0, portrait=True)),
        ("one picture, 1280 x 720", lambda: reader.view(before_camera), networks(1, portrait=False)),
        ("answer: portrait and one picture", answer(jpeg, 1), networks(1, portrait=True)),
        ("answer: portrait and three pictures", answer(jpeg, 3), networks(3, portrait=True)),
        ("an empty room, 1280 x 720", lambda: reader.view(np.full((720, 1280, 3), 120, np.uint8)), None),
    ]
    print(f"\n{'milliseconds on one core':<40}{'p50':>8}{'p95':>8}{'networks p50':>14}{'ratio':>8}")
    for name, ours, theirs in rows:
        p50, p95 = timed(ours)
        limit = timed(theirs)[0] if theirs else None
        print(f"{name:<40}{p50:>8.1f}{p95:>8.1f}" + (f"{limit:>14.1f}{p50 / limit:>8.2f}" if limit else ""))
    print(f"\npromised: {PROMISED_MS} ms p95 for an answer")


if __name__ == "__main__":
    main()
