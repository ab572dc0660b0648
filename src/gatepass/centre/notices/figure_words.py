"""How the five languages write dates, times, weekdays and units: the patterns by which `figures` reads a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from gatepass.centre.notices.numerals import CJK, NATIVE, WORDS
from gatepass.languages import Language

EN_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
EN_MONTH: Final = (
    r"(?P<{0}>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
)
EN_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
N: Final = rf"(?:\d{{1,4}}|[{CJK}]{{1,5}})"
TO: Final = r"\s*(?:至|到|—|–|-|~|〜|から|及び|及|和|、|と|や|,|부터|에서|and|to|·|・)\s*"

IN_A_RANGE: Final = re.compile(rf"(?:{TO}|\s|まで|까지|间|間)+")

ISO_DATE: Final = re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)")
EAST_DATE: Final = re.compile(
    rf"(?:(?P<y>{N})\s*[年년]\s*)?(?P<m>{N})\s*[月월]\s*(?P<d>{N})\s*[日号號일](?!간|間)"
    rf"(?P<more>(?:\s*[(（].[)）])?{TO}{N}\s*[日号號일](?!간|間))?"
)
EAST_DAY: Final = re.compile(rf"({N})\s*[日号號일]")
EN_DATE: Final = re.compile(
    rf"(?:(?<![\d:])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:{TO}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?\s+(?:of\s+)?{EN_MONTH.format('m')}"
    rf"|{EN_MONTH.format('n')}\s+(?P<e>\d{{1,2}})(?:st|nd|rd|th)?(?:{TO}(?P<e2>\d{{1,2}})(?:st|nd|rd|th)?)?(?!\d|:))"
    rf"(?:,?\s+(?P<y>\d{{4}})(?!\d))?"
)
YEAR_MONTH: Final = re.compile(
    rf"(?<![\d{CJK}])(?:(?P<y>\d{{4}})\s*[年년]\s*)?(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s*[月월](?![\w])"
)

WEEKDAYS: Final[dict[str, tuple[re.Pattern[str], Callable[[str], int]]]] = {
    "zh": (
        re.compile(r"(?:星期|礼拜|禮拜|周|週)([一二三四五六日天])(?![次回个個小遍])"),
        lambda c: "一二三四五六日".find(c.replace("天", "日")),
    ),
    "ja": (re.compile(r"([月火水木金土日])曜日?|[(]([月火水木金土日])[)]"), "月火水木金土日".find),
    "ko": (re.compile(r"([월화수목금토일])요일|[(]([월화수목금토일])[)]"), "월화수목금토일".find),
    "en": (
        re.compile(r"\b(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?\b", re.IGNORECASE),
        lambda c: EN_DAYS.index(c.lower()),
    ),
}

MARKERS: Final = {
    **dict.fromkeys(("上午", "早上", "早晨", "清晨", "早", "午前", "朝", "오전", "아침", "am"), "am"),
    **dict.fromkeys(("凌晨", "새벽", "未明"), "night"),
    **dict.fromkeys(("中午", "낮", "昼"), "noon"),
    **dict.fromkeys(("下午", "午後", "오후", "pm"), "pm"),
    **dict.fromkeys(
        (
            "傍晚",
            "晚上",
            "晚間",
            "晚间",
            "夜间",
            "夜間",
            "夜里",
            "夜裡",
            "深夜",
            "当晚",
            "晚",
            "夕方",
            "夜",
            "저녁",
            "밤",
        ),
        "evening",
    ),
}
MARKER: Final = "|".join(sorted((m for m in MARKERS if not m.isascii()), key=len, reverse=True))
KO_HOUR: Final = "|".join(sorted(NATIVE, key=len, reverse=True))
AMPM: Final = r"(?:(?P<{0}>[ap])\.?\s?m\b\.?)"
TIMES: Final[dict[str, re.Pattern[str]]] = {
    "zh": re.compile(
        rf"(?P<mark>{MARKER})?\s*(?<![\d:])(?:(?P<h>\d{{1,2}}):(?P<min>\d{{2}})(?!\d)|(?P<h2>\d{{1,2}}|[{CJK}]{{1,3}})(?:[点點](?:钟|鐘|整)?|[时時](?!间|間))"
        rf"(?:(?P<half>半)|(?P<min2>\d{{1,2}}|[{CJK}]{{1,3}})分)?)|(?P<noon>正午)|(?P<midnight>零点整?|午夜|子夜)"
    ),
    "ja": re.compile(
        rf"(?P<mark>{MARKER})?\s*(?<![\d:])(?:(?P<h>\d{{1,2}}):(?P<min>\d{{2}})(?!\d)|(?P<h2>\d{{1,2}}|[{CJK}]{{1,3}})時(?!間|期|点)"
        rf"(?:(?P<half>半)|(?P<min2>\d{{1,2}}|[{CJK}]{{1,3}})分)?)|(?P<noon>正午)|(?P<midnight>零時)"
    ),
    "ko": re.compile(
        rf"(?P<mark>{MARKER})?\s*(?<![\d:])(?:(?P<h>\d{{1,2}}):(?P<min>\d{{2}})(?!\d)|(?P<h2>\d{{1,2}}|{KO_HOUR})\s?시(?!간|기|설|민|작)"
        rf"(?:\s?(?P<half>반)|\s?(?P<min2>\d{{1,2}})분)?)|(?P<noon>정오)|(?P<midnight>자정)"
    ),
    "en": re.compile(
        rf"(?<![\d:.])(?:(?P<h>\d{{1,2}})(?::(?P<min>\d{{2}}))?(?:\s*(?:–|-|to|and)\s*(?P<h3>\d{{1,2}})(?::(?P<min3>\d{{2}}))?)?\s*{AMPM.format('ap')}"
        rf"|(?P<h2>\d{{1,2}}):(?P<min2>\d{{2}})(?!\d))|(?P<noon>\b(?:12\s+)?noon\b)|(?P<midnight>\bmidnight\b)",
        re.IGNORECASE,
    ),
}
PHONE: Final = re.compile(r"(?:\+|(?<![\d.]))(?:\d|\(\d)[\d()\- ]{5,}\d")
FRACTION: Final = re.compile(rf"([\d{CJK}]+)\s*(?:分之|分の|분의)\s*([\d{CJK}]+)")
CODE: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|/\w[\w/]*/")
LIST_MARKER: Final = re.compile(r"^\s*\d{1,2}[.)、](?=\s|\D)", re.MULTILINE)

# Unit -> how it is written, by language. The longer ones first: 小时 before 时.
UNITS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "zh": (
        ("hour", "个半?小时|個半?小時|小时|小時|個鐘頭|个钟头|钟头|鐘頭"),
        ("minute", "分钟|分鐘|分(?!之|开|開|别|別|类|類)"),
        ("second", "秒钟|秒鐘|秒"),
        ("week", "个?星期|個?星期|个?礼拜|周(?![一二三四五六日天])|週(?![一二三四五六日天])"),
        ("month", "个月|個月"),
        ("day", "天|日"),
        ("year", "年"),
        ("age", "周?岁|歲"),
        ("degree", "°C|摄氏度|攝氏度|度"),
        ("times", "次|遍|回"),
        ("cm", "厘米|公分|cm"),
        ("metre", "米|公尺|m(?!l)"),
        ("ml", "毫升|ml"),
        ("person", "个人|個人|名|位|人"),
        ("percent", "%"),
        ("building", "号楼|號樓|幢|栋|棟"),
        ("floor", "樓|楼"),
        ("yuan", "元|块"),
        ("", "种|種|个|個|只|隻|份|件|袋|张|張|步|项|項|条|條|道|层|層|声|聲"),
    ),
    "ja": (
        ("hour", "時間"),
        ("minute", "分間|分(?!の|け|別)"),
        ("second", "秒間?"),
        ("week", "週間?"),
        ("month", "か月間?|ヶ月間?|カ月間?|ヵ月間?|ケ月間?"),
        ("day", "日間|日"),
        ("year", "年間?"),
        ("age", "歳|才"),
        ("degree", "°C|度"),
        ("times", "回"),
        ("cm", "センチ(?:メートル)?|cm"),
        ("metre", "メートル|m(?!l)"),
        ("ml", "ミリリットル|ml"),
        ("person", "人|名"),
        ("percent", "%"),
        ("building", "号棟|棟"),
        ("floor", "階"),
        ("yuan", "元"),
        ("", "種類|個|つ|枚|袋|件|点|重|部|本|か所|色"),
    ),
    "ko": (
        ("hour", "시간"),
        ("minute", "분간|분"),
        ("second", "초"),
        ("week", "주일|주간|주(?!의|민|소|세|시|요)"),
        ("month", "개월|달"),
        ("day", "일간|일(?!요|반|부)|날"),
        ("year", "년"),
        ("age", "세(?!요)|살"),
        ("degree", "°C|도(?!록)"),
        ("times", "번|회|차례"),
        ("cm", "센티미터|센티|cm"),
        ("metre", "미터|m(?!l)"),
        ("ml", "밀리리터|ml"),
        ("person", "명|사람|인"),
        ("percent", "%|퍼센트"),
        ("building", "동"),
        ("floor", "층"),
        ("yuan", "위안"),
        ("", "개|장|가지|겹|봉지|벌|부|줄|단계"),
    ),
    "en": (
        ("hour", "hours?|h"),
        ("minute", "minutes?|min"),
        ("second", "seconds?|s"),
        ("week", "weeks?"),
        ("month", "months?"),
        ("day", "days?"),
        ("year", "years?(?!\\s+(?:old|of age))"),
        ("age", "years?\\s+(?:old|of age)|year-olds?"),
        ("degree", "°C|degrees?(?:\\s+Celsius)?"),
        ("times", "times"),
        ("cm", "cm|centimetres?"),
        ("metre", "metres?|meters?|m"),
        ("ml", "ml|millilitres?"),
        ("person", "people|persons?|adults?|visitors?"),
        ("percent", "%|per cent|percent"),
        ("building", "buildings?"),
        ("floor", "floors?"),
        ("yuan", "yuan|RMB"),
        ("", "bags?|layers?|copies|pairs?|steps?|tests?|colours?|pieces?|knocks?"),
    ),
}
EN_WORD: Final = "|".join(sorted(WORDS, key=len, reverse=True))
SOFT_ONE: Final = frozenset({"", "day", "week", "times", "person", "floor", "building"})
FIXED: Final[dict[str, tuple[tuple[str, int, str], ...]]] = {
    "en": (
        (r"\btwice\b", 2, "times"),
        (r"\bonce\b", 1, "times"),
        (r"\bhourly\b", 1, "hour"),
        (r"\bfortnight\b", 14, "day"),
        (r"\bdaily\b", 1, "day"),
    ),
    "ko": (
        ("하루", 1, "day"),
        ("이틀", 2, "day"),
        ("사흘", 3, "day"),
        ("나흘", 4, "day"),
        ("닷새", 5, "day"),
        ("열흘", 10, "day"),
        ("보름", 15, "day"),
        ("매일", 1, "day"),
    ),
    "zh": (("每天|每日", 1, "day"), ("第二天", 2, "day")),
    "ja": (("毎日", 1, "day"), ("翌日", 2, "day")),
}
FAMILY: Final[dict[Language, str]] = {"zh-Hans": "zh", "zh-Hant": "zh", "en": "en", "ko": "ko", "ja": "ja"}


def amounts(family: str) -> re.Pattern[str]:
    units = "|".join(f"(?P<u{place}>{words})" for place, (_unit, words) in enumerate(UNITS[family]))
    digits = r"(?<![\d.])(?<!\d,)(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    match family:
        case "en":
            # A number before its unit, perhaps with one word between: "14 calendar days", "two hand widths".
            return re.compile(
                rf"(?:{digits}|\b(?P<w>{EN_WORD})\b)(?:st|nd|rd|th)?(?:[\s-]+(?:calendar|full|whole|whole)\b)?[\s-]*(?:(?:{units})(?![a-z]))?",
                re.IGNORECASE,
            )
        case "ko":
            words = rf"(?<![가-힣])(?P<w>{KO_HOUR}|[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?)"
            return re.compile(rf"(?:{digits}\s*(?:{units})?|{words}\s*(?:{units.replace('(?P<u', '(?P<x')}))")
        case _:
            words = rf"(?<![{CJK}第])(?P<w>[{CJK}]{{1,5}})"
            return re.compile(rf"(?:{digits}\s*(?:{units})?|{words}\s*(?:{units.replace('(?P<u', '(?P<x')}))")


AMOUNTS: Final = {family: amounts(family) for family in UNITS}
