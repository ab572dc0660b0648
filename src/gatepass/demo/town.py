"""The people of the simulated town: the same seed makes the same town, to the last digit.

Every name is drawn from lists of common syllables and every number is computed; none belongs to anybody on purpose.
The region code 330198 is not assigned to any district, so that no number of the town can be a real person's.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex, Validity
from gatepass.identity.numbers import check_character
from gatepass.policy import Advice, Colour

REGION = "330198"
COMMUNITY = "定安路社区"
STREET = "清波街道"
ESTATES = ("柳浪新苑", "清河坊小区", "定安里")
# The first one is the live gate of the demo; the others are far gates.
GATES = (("东门", "in"), ("西门", "out"), ("办事大厅", "in"))

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷"
    "龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
_DOUBLE = ("欧阳", "上官", "诸葛", "司马")
_WOMEN = "秀英芳娜敏静丽艳娟霞玲桂兰红梅珍凤琴素云莲真环雪荣爱妹香月莺媛瑞佳嘉琼勤贞莉"
_MEN = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢建国志永新文光海山仁义"
_RARE = ("𬭎", "㛃", "䶮")

# Share of the town by colour: as the research's mix, a little more yellow so that a demo shows all.
_MIX: tuple[tuple[Colour | None, Advice, float], ...] = (
    (Colour.GREEN, Advice.NONE, 0.955),
    (Colour.YELLOW, Advice.TEST, 0.025),
    (Colour.YELLOW, Advice.DECLARE, 0.006),
    (Colour.RED, Advice.VISIT_OFFICE, 0.004),
    (Colour.RED, Advice.STAY_HOME, 0.004),
    (None, Advice.DECLARE, 0.006),
)


@dataclass(frozen=True, slots=True)
class Townsperson:
    """One card of the card tray. `registered` is False for visitors whom the centre does not know."""

    key: str
    document: Document
    colour: Colour | None
    advice: Advice
    household: str
    phone: str
    story: str
    """Id of the sentence that the card tray shows; empty for everyone but the featured cards."""
    registered: bool = True
    readable: bool = True


def _number(birth: date, sex: Sex, serial: int) -> str:
    """`serial` 0..499; the 17th digit is odd for men (GB 11643)."""
    order = serial * 2 + (1 if sex is Sex.MALE else 0)
    seventeen = f"{REGION}{birth:%Y%m%d}{order % 1000:03d}"
    return seventeen + check_character(seventeen)


def _name(chance: random.Random, surname: str, sex: Sex) -> str:
    letters = _WOMEN if sex is Sex.FEMALE else _MEN
    given = "".join(chance.choices(letters, k=chance.choices((1, 2), (3, 7))[0]))
    if chance.random() < 0.002:
        given = given[:-1] + chance.choice(_RARE)
    return surname + given


def _document(chance: random.Random, name: str, sex: Sex, birth: date, address: str, serial: int) -> Document:
    issued = date(chance.randint(2016, 2025), chance.randint(1, 12), chance.randint(1, 28))
    age_then = issued.year - birth.year
    # Terms as the Resident Identity Card Law sets them: 5 years under 16, 10 to 25, 20 to 45, then long-term.
    years = 5 if age_then < 16 else 10 if age_then < 26 else 20 if age_then < 46 else None
    last = None if years is None else issued.replace(year=issued.year + years)
    if last is not None and last < date(2027, 1, 1):
        last = last.replace(year=last.year + 10)
    return Document(
        kind=DocumentKind.RESIDENT_CARD,
        issuer="CHN",
        number=_number(birth, sex, serial),
        holder=Holder(native_name=name, birth=PartialDate.from_date(birth), sex=sex, nationality="CHN"),
        validity=Validity(issued, last),
        address=address,
        authority="杭州市公安局上城分局",
        ethnicity="01",
    )


def _households(chance: random.Random, residents: int) -> Iterator[tuple[str, str, list[tuple[Sex, int]]]]:
    """Surname, address and (sex, birth year) of each member, until the town is full."""
    placed = 0
    while placed < residents:
        surname = chance.choice(_DOUBLE) if chance.random() < 0.006 else chance.choice(_SURNAMES)
        estate = chance.choice(ESTATES)
        address = (
            f"浙江省杭州市{STREET}{estate}{chance.randint(1, 24)}幢{chance.randint(1, 4)}单元"
            f"{chance.randint(1, 18)}{chance.randint(1, 4):02d}室"
        )
        shape = chance.random()
        if shape < 0.22:  # an elder alone, or an old couple
            members = [(chance.choice((Sex.FEMALE, Sex.MALE)), chance.randint(1936, 1956))]
            if chance.random() < 0.55:
                members.append(
                    (Sex.MALE if members[0][0] is Sex.FEMALE else Sex.FEMALE, members[0][1] + chance.randint(-4, 4))
                )
        elif shape < 0.40:  # one adult
            members = [(chance.choice((Sex.FEMALE, Sex.MALE)), chance.randint(1970, 2004))]
        else:  # a couple, often with a child, sometimes with a grandmother
            year = chance.randint(1962, 1996)
            members = [(Sex.MALE, year), (Sex.FEMALE, year + chance.randint(-3, 4))]
            if chance.random() < 0.7:
                members.append((chance.choice((Sex.FEMALE, Sex.MALE)), min(year + chance.randint(24, 32), 2024)))
            if chance.random() < 0.2:
                members.append((Sex.FEMALE, year - chance.randint(22, 30)))
        members = members[: residents - placed]
        placed += len(members)
        yield surname, address, members


def _featured(chance: random.Random) -> list[Townsperson]:
    """The cards that the tray shows first: one for every answer that a gate can give."""
    home = f"浙江省杭州市{STREET}柳浪新苑3幢2单元401室"

    def person(key: str, name: str, sex: Sex, birth: date, serial: int, **more) -> Townsperson:
        facts = {"colour": Colour.GREEN, "advice": Advice.NONE, "household": home, "phone": "", "story": key} | more
        return Townsperson(key=key, document=_document(chance, name, sex, birth, home, serial), **facts)

    elder = person("elder_green", "王秀英", Sex.FEMALE, date(1941, 3, 12), 491)
    expired = person("card_expired", "冯桂兰", Sex.FEMALE, date(1950, 6, 2), 492)
    expired = replace(
        expired, document=replace(expired.document, validity=Validity(date(2005, 4, 1), date(2025, 4, 1)))
    )
    stranger = {"registered": False, "colour": None}
    return [
        elder,
        person("test_due", "李建国", Sex.MALE, date(1968, 7, 5), 493, colour=Colour.YELLOW, advice=Advice.TEST),
        person("red", "孙丽", Sex.FEMALE, date(1990, 2, 28), 494, colour=Colour.RED, advice=Advice.VISIT_OFFICE),
        person("code_ended", "赵强", Sex.MALE, date(1985, 11, 21), 495, colour=None, advice=Advice.DECLARE),
        person("unknown", "周明", Sex.MALE, date(1977, 6, 14), 496, **stranger),
        expired,
        person("unreadable", "吴海", Sex.MALE, date(1959, 9, 9), 497, readable=False),
        person("long_name", "阿依古丽·买买提", Sex.FEMALE, date(1995, 1, 17), 498),
        _visitor("hong_kong", _hong_kong_resident(home)),
        _visitor("korean", _korean_resident()),
        _visitor("german", _german_resident()),
    ]


def without_card(key: str, name: str, sex: Sex, birth: date, serial: int, colour: Colour) -> Townsperson:
    """A registered resident who comes to the gate with something else than the card."""
    home = f"浙江省杭州市{STREET}柳浪新苑5幢1单元301室"
    # Dice of their own: whoever is added here changes nobody else of the town.
    document = _document(random.Random(serial), name, sex, birth, home, serial)  # noqa: S311
    return Townsperson(key, document, colour, Advice.NONE, household=home, phone="", story="")


def _visitor(key: str, document: Document) -> Townsperson:
    return Townsperson(key, document, Colour.GREEN, Advice.NONE, household=document.address, phone="", story=key)


def _hong_kong_resident(home: str) -> Document:
    """The number is the specimen that the Ministry of Public Security prints."""
    return Document(
        kind=DocumentKind.HMT_RESIDENCE,
        issuer="CHN",
        number="810000199408230021",
        holder=Holder("陈嘉欣", birth=PartialDate(1994, 8, 23), sex=Sex.FEMALE, nationality="HKG"),
        validity=Validity(date(2022, 5, 1), date(2027, 5, 1)),
        address=home,
        authority="杭州市公安局上城分局",
        permit_number="H00000000",
        issue_count=1,
    )


def _korean_resident() -> Document:
    """A five-star card of 2023. Born in 1903, so that the number is nobody's."""
    seventeen = "933410" + "19030101" + "001"
    return Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer="CHN",
        number=seventeen + check_character(seventeen),
        holder=Holder("金民俊", "KIM, MINJUN", birth=PartialDate(1903, 1, 1), sex=Sex.MALE, nationality="KOR"),
        validity=Validity(date(2024, 3, 1), date(2034, 3, 1)),
    )


def _german_resident() -> Document:
    """A card of 2017. Its number says 1903 as well."""
    return Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer="CHN",
        number="DEU330103010103",
        holder=Holder("汉娜", "WEBER, HANNAH", birth=PartialDate(1903, 1, 1), sex=Sex.FEMALE, nationality="DEU"),
        validity=Validity(date(2019, 6, 1), date(2029, 6, 1)),
    )


def people(residents: int = 3000, seed: int = 2020) -> list[Townsperson]:
    """`residents` registered people (and two unregistered cards), featured cards first. Pure: same seed, same town."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible town, not a secret
    town = _featured(chance)
    serials: dict[str, int] = {}
    wanted = residents - sum(person.registered for person in town)
    for surname, address, members in _households(chance, wanted):
        for position, (sex, year) in enumerate(members):
            birth = date(year, 1, 1) + timedelta(days=chance.randint(0, 364))
            # Children and husbands share the household's name; wives and grandmothers bring their own.
            own = surname if position != 1 and year > 1940 else chance.choice(_SURNAMES)
            slot = f"{birth:%Y%m%d}{sex}"
            serials[slot] = serials.get(slot, -1) + 1
            colour, advice, _ = chance.choices(_MIX, [share for *_, share in _MIX])[0]
            has_phone = 1945 < year < 2012 and chance.random() < 0.9
            town.append(
                Townsperson(
                    key=f"p{len(town):05d}",
                    document=_document(chance, _name(chance, own, sex), sex, birth, address, serials[slot]),
                    colour=colour,
                    advice=advice,
                    household=address,
                    # 000 0000 … is no mobile prefix: nobody can be rung up by the demo.
                    phone=f"000{len(town):08d}" if has_phone else "",
                    story="",
                )
            )
    return town
