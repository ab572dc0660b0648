"""Documents as hypothesis draws them: whatever can be on each of the four cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st
from tests.cast import number

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex, Validity, chip
from gatepass.identity.checks import icao

_days = st.dates(min_value=date(1900, 1, 1), max_value=date(2024, 10, 31))
_printed = st.text(
    st.characters(
        min_codepoint=0x21, max_codepoint=0x2FFFF, exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Zs")
    ),
    max_size=7,
)


@st.composite
def resident_documents(draw: st.DrawFn) -> Document:
    birth = draw(_days)
    first = draw(_days)
    region = draw(st.sampled_from(["110105", "330102", "650101", "710000"]))
    serial = draw(st.integers(0, 999))
    return Document(
        kind=DocumentKind.RESIDENT_CARD,
        issuer="CHN",
        number=number(region, birth.strftime("%Y%m%d"), f"{serial:03d}"),
        holder=Holder(
            native_name=draw(_printed.filter(bool)),
            birth=PartialDate.from_date(birth),
            sex=draw(st.sampled_from(Sex)),
            nationality="CHN",
        ),
        validity=Validity(first, draw(st.none() | st.dates(min_value=first))),
        address=draw(_printed),
        authority=draw(_printed),
        ethnicity=draw(st.sampled_from([*sorted(chip.ETHNICITY_CODES), ""])),
    )


_recent_days = st.dates(min_value=date(1926, 1, 1), max_value=date(2024, 10, 31))
_native = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=15)
_words = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ,'-", min_size=1, max_size=12), max_size=8).map(" ".join)
_counts = st.none() | st.integers(0, 99)


@st.composite
def residence_documents(draw: st.DrawFn) -> Document:
    birth = draw(_recent_days)
    region, nationality = draw(st.sampled_from([("810000", "HKG"), ("820000", "MAC"), ("830000", "TWN")]))
    first = draw(_days)
    return Document(
        kind=DocumentKind.HMT_RESIDENCE,
        issuer="CHN",
        number=number(region, f"{birth:%Y%m%d}", f"{draw(st.integers(0, 999)):03d}"),
        holder=Holder(
            native_name=draw(_native.filter(bool)),
            birth=PartialDate.from_date(birth),
            sex=draw(st.sampled_from(Sex)),
            nationality=nationality,
        ),
        validity=Validity(first, draw(st.none() | st.dates(min_value=first))),
        address=draw(_printed),
        authority=draw(_printed),
        permit_number=draw(st.sampled_from(["", "H12345678", "M00000001", "12345678"])),
        issue_count=draw(_counts),
    )


@st.composite
def permanent_residence_documents(draw: st.DrawFn) -> Document:
    birth, first = draw(_recent_days), draw(_days)
    nationality, code = draw(st.sampled_from([("PAK", "586"), ("SAU", "682"), ("CAN", "124"), ("KOR", "410")]))
    new = number(f"931{code}", f"{birth:%Y%m%d}", f"{draw(st.integers(0, 999)):03d}")
    link = f"{draw(st.integers(0, 999)):03d}"
    fourteen = f"{nationality}31{link[:2]}{birth:%y%m%d}{link[2]}"
    old = fourteen + icao(fourteen)
    of_2017 = draw(st.booleans())
    longest = 60 if of_2017 else 46
    names = draw(st.tuples(_native, _words.map(lambda words: words[:longest].strip())).filter(any))
    document = Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer="CHN",
        number=new,
        holder=Holder(
            native_name=names[0],
            latin_name=names[1],
            birth=PartialDate.from_date(birth),
            sex=draw(st.sampled_from(Sex)),
            nationality=nationality,
        ),
        validity=Validity(first, draw(st.none() | st.dates(min_value=first))),
    )
    if of_2017:
        return replace(document, number=old, authority=draw(st.sampled_from(["", "1500"])))
    return replace(document, former_number=draw(st.sampled_from(["", old])), renewals=draw(_counts))


def documents_on_cards() -> st.SearchStrategy[Document]:
    """Of every layout."""
    return st.one_of(resident_documents(), residence_documents(), permanent_residence_documents())
