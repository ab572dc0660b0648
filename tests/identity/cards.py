"""Blocks of the cards that are not the resident one, written field by field: a test must not trust what it tests."""

from __future__ import annotations

from tests.cast import number

PERMANENT_18 = "931586198001010028"
PERMANENT_15 = "PAK310080010103"
RESIDENCE = number("810000", "19940823", "002")

# Field, width in characters, text of the specimen. "?" is reserved.
RESIDENCE_CARD = (
    ("name", 15, "样本"), ("sex", 1, "1"), ("?", 2, ""), ("birth", 8, "19940823"), ("address", 35, "样本路3号"),
    ("number", 18, RESIDENCE), ("authority", 15, "深圳市公安局"), ("valid_from", 8, "20200101"),
    ("valid_to", 8, "20250101"), ("permit", 9, "H12345678"), ("issues", 2, "01"), ("?", 3, ""), ("flag", 1, "J"),
    ("?", 3, ""),
)  # fmt: skip
CARD_2017 = (
    ("latin_name", 60, "ZHENGJIAN,YANGBEN"), ("sex", 1, "2"), ("number", 15, PERMANENT_15), ("nationality", 3, "PAK"),
    ("name", 15, "证件样本"), ("valid_from", 8, "20230808"), ("valid_to", 8, "20330807"), ("birth", 8, "19800101"),
    ("version", 2, "01"), ("authority", 4, "1500"), ("flag", 1, "I"), ("?", 3, ""),
)  # fmt: skip
CARD_2023 = (
    ("name", 15, "证件样本"), ("sex", 1, "2"), ("renewals", 2, "00"), ("birth", 8, "19800101"),
    ("latin_1", 35, "ZHENGJIAN, YANGBEN"), ("number", 18, PERMANENT_18), ("?", 15, ""), ("valid_from", 8, "20230808"),
    ("valid_to", 8, "20330807"), ("latin_2", 11, ""), ("nationality", 3, "PAK"), ("flag", 1, "Y"), ("link", 3, "000"),
)  # fmt: skip


def block(card: tuple[tuple[str, int, str], ...], **changed: str) -> bytes:
    """256 bytes of a card; the specimen's, with the named fields changed."""
    assert set(changed) <= {name for name, _, _ in card}
    written = "".join(changed.get(name, text).ljust(width) for name, width, text in card)
    assert len(written) == 128, "a text is too long for its field"
    return written.encode("utf-16-le")
