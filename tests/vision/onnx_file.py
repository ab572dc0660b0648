"""Writes an ONNX file of a few layers, without the onnx package: protobuf fields by their numbers (onnx/onnx.proto)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_FLOAT, _INT64 = 1, 7
_FLOAT_ATTRIBUTE, _INT_ATTRIBUTE, _INTS_ATTRIBUTE = 1, 2, 7
_IR_VERSION, _OPSET = 7, 11


@dataclass
class Network:
    """Layers in the order in which they run. `write()` gives the file."""

    inputs: dict[str, tuple[int, ...]]
    outputs: tuple[str, ...]
    nodes: list[bytes] = field(default_factory=list)
    weights: list[bytes] = field(default_factory=list)

    def add(self, kind: str, inputs: Iterable[str], output: str, **attributes: Any) -> str:
        body = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(3, output) + _text(4, kind)
        self.nodes.append(body + b"".join(_piece(5, _attribute(*each)) for each in attributes.items()))
        return output

    def weight(self, name: str, values: Any) -> str:
        array = np.asarray(values)
        kind, array = (_INT64, array.astype("<i8")) if array.dtype.kind == "i" else (_FLOAT, array.astype("<f4"))
        dims = b"".join(_number(1, size) for size in array.shape)
        self.weights.append(dims + _number(2, kind) + _text(8, name) + _piece(9, array.tobytes()))
        return name

    def write(self) -> bytes:
        graph = b"".join(_piece(1, node) for node in self.nodes) + _text(2, "graph")
        graph += b"".join(_piece(5, weight) for weight in self.weights)
        graph += b"".join(_piece(11, _value(name, shape)) for name, shape in self.inputs.items())
        graph += b"".join(_piece(12, _value(name, ())) for name in self.outputs)
        return _number(1, _IR_VERSION) + _piece(7, graph) + _piece(8, _text(1, "") + _number(2, _OPSET))


def _attribute(name: str, value: Any) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + b"\x15" + np.float32(value).tobytes() + _number(20, _FLOAT_ATTRIBUTE)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT_ATTRIBUTE)
    return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, _INTS_ATTRIBUTE)


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(_piece(1, _number(1, size)) for size in shape)
    tensor = _number(1, _FLOAT) + _piece(2, dims)
    return _text(1, name) + _piece(2, _piece(1, tensor))


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value & (2**64 - 1))


def _piece(tag: int, octets: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(octets)) + octets


def _text(tag: int, text: str) -> bytes:
    return _piece(tag, text.encode())


def _varint(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*octets, value))
