"""A QR code in a page: our own drawing, without a request for a file of its own."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(text: str) -> SafeString:
    """`text`, an address of ours, as SVG to be put into a page. Nothing of the text itself stands in the drawing."""
    code = segno.make(text, error="m")
    width, height = code.symbol_size(scale=6, border=4)
    drawing = code.svg_inline(scale=6, border=4, dark="#14201a", light="#fff", omitsize=True)
    # Size and view box: a page that makes it smaller shrinks the drawing, and does not cut it off.
    return mark_safe(drawing.replace("<svg ", f'<svg width="{width}" height="{height}" ', 1))  # noqa: S308
