"""How a name or a number may be shown where others look on: enough for its owner to know it again, too little for a
bystander. This is the one place that decides it.
"""

from __future__ import annotations

from gatepass.identity.documents import DocumentKind

# Of a family name of two characters, both are kept.
_COMPOUND = "欧阳歐陽司马司馬上官诸葛諸葛东方東方皇甫尉迟尉遲公孙公孫令狐宇文长孙長孫慕容司徒夏侯"
_COMPOUND_FAMILY_NAMES = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))


def mask_name(name: str) -> str:
    """王秀英 -> 王*; 欧阳明 -> 欧阳*; KAREN VAN DER BERG -> K**** V** D** B***. Empty stays empty."""
    name = " ".join(name.split())
    if not name:
        return ""
    if all(ord(character) < 0x250 for character in name):
        return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split(" "))
    family = name[:2] if name[:2] in _COMPOUND_FAMILY_NAMES and len(name) > 2 else name[0]
    return family + "*"


def mask_number(kind: DocumentKind, number: str) -> str:
    """18 digits: 330*************23. Any other document: three and two characters, and never more than half of it."""
    if not number:
        return ""
    if kind.family == "gb11643" and len(number) == 18:
        return f"{number[:3]}{'*' * 13}{number[-2:]}"
    head = min(3, len(number) // 4)
    tail = min(2, len(number) // 4)
    return number[:head] + "*" * (len(number) - head - tail) + number[len(number) - tail :]
