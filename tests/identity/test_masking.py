"""Names and numbers as a bystander may see them."""

from __future__ import annotations

import pytest

from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_name, mask_number


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王秀英", "王*"), ("欧阳明", "欧阳*"), ("欧阳", "欧*"), ("李", "李*"), ("김민준", "김*"), ("山田太郎", "山*"),
        ("KAREN VAN DER BERG", "K**** V** D** B***"), ("  Anna   Li ", "A*** L*"), ("Ünal", "Ü***"), ("", ""),
        ("阿卜杜拉·买买提", "阿*"),
    ],
)  # fmt: skip
def test_a_name_is_known_to_its_owner_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("kind", "number", "masked"),
    [
        (DocumentKind.RESIDENT_CARD, "330102194103121823", "330*************23"),
        (DocumentKind.PASSPORT, "NX1234521", "NX*****21"),
        (DocumentKind.PASSPORT, "E12345678901", "E12*******01"),
        (DocumentKind.PASSPORT, "A1", "**"),
        (DocumentKind.HKM_PERMIT, "H12345678", "H1*****78"),
        (DocumentKind.OTHER, "", ""),
    ],
)
def test_a_number_never_shows_more_than_half_of_itself(kind: DocumentKind, number: str, masked: str) -> None:
    assert mask_number(kind, number) == masked
    assert len(masked) == len(number)
    assert masked.count("*") * 2 >= len(number)
