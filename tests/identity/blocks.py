"""Card text blocks written field by field, a second time on purpose: a test must not trust what it tests."""

from __future__ import annotations

from tests.cast import WANG

CARD = {
    "name": WANG.name,
    "sex": "2",
    "ethnicity": "01",
    "birth": WANG.number[6:14],
    "address": "杭州市上城区定安路9号3幢201室",
    "number": WANG.number,
    "authority": "杭州市公安局上城分局",
    "valid_from": "20150601",
    "valid_to": "长期",
    "reserved": "",
}

_WIDTHS = {
    "name": 15,
    "sex": 1,
    "ethnicity": 2,
    "birth": 8,
    "address": 35,
    "number": 18,
    "authority": 15,
    "valid_from": 8,
    "valid_to": 8,
    "reserved": 18,
}


def resident_block(*, flag: str = " ", **changed: str) -> bytes:
    """256 bytes of a resident card; WANG's, with the named fields changed."""
    texts = CARD | changed
    block = b""
    for name, width in _WIDTHS.items():
        written = texts[name].encode("utf-16-le", errors="surrogatepass")
        assert len(written) <= 2 * width, name
        block += written + " ".encode("utf-16-le") * (width - len(written) // 2)
    block = block[:248] + flag.encode("utf-16-le") + block[250:]
    assert len(block) == 256
    return block
