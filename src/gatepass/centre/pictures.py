"""A QR code in a page: our own drawing, without a request for a file of its own."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(text: str) -> SafeString:
    """`text`, an address of ours, as SVG to be put into a page. Nothing of the text itself stands in the drawing."""
    return mark_safe(segno.make(text, error="m").svg_inline(scale=6, border=4, dark="#14201a", light="#fff"))  # noqa: S308
