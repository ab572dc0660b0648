"""What stands in each slot of a row: RapidOCR's recogniser (PP-OCRv6 small, Apache-2.0), run by onnxruntime.

The model file lies in the wheel of `rapidocr`; its Python code is neither imported nor needed. It reads any text, in
steps of 8 pixels, and knows nothing of machine-readable zones. Rows come here cut so that a slot is a whole number of
steps (`rows.Row.cut`), so that what it saw can be asked slot by slot, for the 37 characters that a zone may have:
a character that it would leave out of a text (it drops fillers) is still the likeliest of its slot.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from gatepass.readers.camera.pictures import Picture
from gatepass.readers.camera.spelling import ALPHABET, Likelihoods

SLOT: Final = 16
"""Pixels a slot: two steps of the model."""
HEIGHT: Final = 48
FILL: Final = 0.75
"""Of the height, by capitals."""
_STEP: Final = 8
_MODEL: Final = "models/PP-OCRv6_rec_small.onnx"
_FLOOR: Final = 1e-9


def _model() -> Path | None:
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        return None
    model = Path(package.origin).parent / _MODEL
    return model if model.is_file() else None


def missing_software() -> str:
    """The package that is not installed, or has no model in it; empty where all is there."""
    if find_spec("onnxruntime") is None:
        return "onnxruntime"
    return "" if _model() is not None else "rapidocr"


class Recogniser:
    """Loads the model when made: 0.3 s and 120 MB. ImportError, FileNotFoundError where `missing_software`."""

    def __init__(self) -> None:
        import onnxruntime  # heavy: a gate that only ever sees codes never loads it

        model = _model()
        if model is None:
            raise FileNotFoundError(_MODEL)
        options = onnxruntime.SessionOptions()
        # One core: the other one has a person at the card reader.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        # Class 0 is "nothing new here"; then come the characters in their order.
        place = {character: n + 1 for n, character in enumerate(listed)}
        # A zone has no small letters: a small c is a C that fills the row.
        self._classes = [sorted({place[c], place[c.lower()]}) for c in ALPHABET]

    def read(self, strip: Picture) -> Likelihoods:
        """For a grey row of SLOT pixels a slot and HEIGHT high, with a slot of margin at each end."""
        darkest, brightest = float(strip.min()), float(strip.max())
        one = ((strip.astype(np.float32) - darkest) * (2 / max(brightest - darkest, 1.0)) - 1.0)[None, None]
        seen = self._session.run(None, {self._input: np.repeat(one, 3, axis=1)})[0][0]
        steps = np.stack([seen[:, classes].sum(axis=1) for classes in self._classes], axis=1)
        count = strip.shape[1] // SLOT - 2
        each = SLOT // _STEP
        slots = steps[each : each * (count + 1)].reshape(count, each, len(ALPHABET)).max(axis=1)
        likelihoods: Likelihoods = np.log(np.maximum(slots.astype(np.float64), _FLOOR))
        return likelihoods
