"""Bytes of an uploaded photo or PDF become something that can be kept, and what could be read from it.

A photo is decoded and written anew: a JPEG that says nothing but what is seen on it, with no place and no camera in it.
A PDF is looked through for programs and attachments, and kept as it is; nothing here ever draws it. What the bytes are
is told from the bytes, never from the file's name.

Exception
└── UploadError(code)     upload_too_large, upload_kind, upload_unreadable, upload_locked, upload_active

The codes are those of `centre.errors`, so that a page has a sentence and a next step for each.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Final

MOST_BYTES: Final = 8_000_000
SECONDS: Final = 40
MOST_CODES: Final = 4
JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"


class UploadError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Opened:
    media_type: str
    """`image/jpeg` or `application/pdf`."""
    content: bytes = field(repr=False)
    """What may be kept."""
    codes: tuple[str, ...] = field(default=(), repr=False)
    """Texts of the QR codes in a photo."""
    zone: str = field(default="", repr=False)
    """The machine-readable zone in a photo, lines apart, if one was looked for and accepted or guessed."""
    zone_sure: bool = False
    """Its check digits fit, and each character looks like what it is said to be."""
    zone_seen: bool = False
    """There is something like a zone, whether or not it could be read."""


def open_upload(content: bytes, *, zone: bool = False) -> Opened:
    """`zone`: look for a machine-readable zone too (0.3 s to load, 0.1 s to look). UploadError where it is no good."""
    if len(content) > MOST_BYTES:
        raise UploadError("upload_too_large")
    if not content:
        raise UploadError("upload_unreadable")
    command = [sys.executable, "-I", "-m", "gatepass.centre.uploads.opener", "zone" if zone else "plain"]
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            check=True,
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        # Killed by its limits, or by the file.
        raise UploadError("upload_unreadable") from None
    if "fault" in told:
        raise UploadError(told["fault"])
    return Opened(
        media_type=told["type"],
        content=content if told["type"] == PDF else base64.b64decode(told["jpeg"]),
        codes=tuple(told.get("codes", ()))[:MOST_CODES],
        zone=told.get("zone", ""),
        zone_sure=bool(told.get("sure")),
        zone_seen=bool(told.get("seen")),
    )
