"""The portrait of a document as a picture that any program reads.

Passports and permits hold JPEG or JPEG 2000. A resident identity card of the second generation holds 1,024 bytes (WLT)
that only licensed software decodes. Where an operator has such software, a small program of theirs stands between: it
is given the bytes on its standard input and writes a BMP, PNG or JPEG on its standard output. It runs as a process of
its own for each card, because such libraries are known to crash, and it is not waited for longer than `WITHIN_S`.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

WITHIN_S: Final = 0.7
MOST_BYTES: Final = 512 * 1024
"""Of what the program writes: the picture of a resident card has 38,862 as BMP."""
_WLT: Final = b"WL"


def is_readable(portrait: bytes | None, decoder: str) -> bool:
    return bool(portrait) and (bool(decoder) or not (portrait or b"").startswith(_WLT))


async def as_picture(portrait: bytes | None, decoder: str) -> bytes | None:
    """`decoder` is the program's path; without one a WLT portrait stays what it is, and nobody can read it.

    Never raises. None where the program is not there, fails, hangs or writes too much.
    """
    if portrait is None or not decoder or not portrait.startswith(_WLT):
        return portrait
    try:
        process = await asyncio.create_subprocess_exec(
            decoder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=MOST_BYTES,
        )
    except (OSError, ValueError):
        return None
    try:
        async with asyncio.timeout(WITHIN_S):
            return await _ask(process, portrait)
    except TimeoutError:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _ask(process: asyncio.subprocess.Process, portrait: bytes) -> bytes | None:
    assert process.stdin is not None, "opened as a pipe"
    assert process.stdout is not None, "opened as a pipe"
    with contextlib.suppress(ConnectionError):
        process.stdin.write(portrait)
        await process.stdin.drain()
        process.stdin.close()
    picture = bytearray()
    while piece := await process.stdout.read(65_536):
        picture += piece
        if len(picture) > MOST_BYTES:
            return None
    return bytes(picture) if picture and await process.wait() == 0 else None
