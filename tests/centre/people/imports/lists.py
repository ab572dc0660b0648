"""Lists as people make them, for the tests of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.cast import LI, SUN, WANG, ZHAO, number

HEADINGS = ("姓名", "证件号码", "性别", "联系电话", "与户主关系", "楼栋", "单元", "房号")

WANG_ROW = (WANG.name, WANG.number, "女", "138 0000 0001", "户主", "3幢", "2单元", "501")
LI_ROW = (LI.name, LI.number, "男", "", "子", "3幢", "2单元", "501")
SUN_ROW = (SUN.name, SUN.number, "女", "", "", "", "", "")
ZHAO_ROW = (ZHAO.name, ZHAO.number, "", "", "", "", "", "")


def as_csv(rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    return "\n".join(",".join(row) for row in (headings, *rows)).encode("gb18030")


def birth(n: int) -> str:
    return f"19{30 + n % 50}0{1 + n % 9}1{n % 9}"


def elders(count: int, start: int = 0) -> list[tuple[str, ...]]:
    """Rows of invented people, each with a right number."""
    names = ("陈玉兰", "林建华", "黄秀珍", "何志强", "郭美玲", "罗永福", "梁桂英", "宋国庆")
    return [
        (names[n % 8] + "一二三四五六七八九"[n // 8 % 9], number("330102", birth(n), f"{n:03d}"))
        for n in range(start, start + count)
    ]
