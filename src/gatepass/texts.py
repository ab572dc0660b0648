"""`gatepass texts`, for reviewers: every string in its five languages, where it is used, and a picture of it.

Strings come from three places: the gettext catalogues of the centre; every TOML table that has all five languages
(kiosk, desk, reasons, spoken prompts, paper); and the finished notices. Out comes a folder of plain pages, one for each
room, that a reviewer opens in a browser, with or without a network.

Pictures are those that the browser tests take (`GATEPASS_SCREENSHOTS=FOLDER ./gatepass test -m browser`): beside each
lies what could be read on it, and in which language. A string is shown with the first picture on which its translation
stands. Most strings have none, and say so.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

from gatepass.languages import LANGUAGES, OWN_NAME, Language

HOUSE: Final = Path(__file__).parent
REVIEWED_BY: Final = "none yet (native review outstanding)"
_HOLES: Final = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|\n")
_SHORTEST: Final = {"en": 6, "ko": 4}
"""Letters of a piece that may be looked for on a picture: a shorter one stands on every second page. Else 3."""


@dataclass(frozen=True, slots=True)
class Text:
    room: str
    """`centre/alarms`, `policy/reasons.toml`."""
    key: str
    """What the code calls it: the English sentence, or the name in the table."""
    where: str
    words: Mapping[Language, str]
    pictures: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    file: Path
    language: str
    words: str
    """Without spaces."""


def texts() -> Iterator[Text]:
    """All of them, by room."""
    yield from _of_catalogues()
    for path in sorted(HOUSE.rglob("*.toml")):
        yield from _of_table(path)


def _of_catalogues() -> Iterator[Text]:
    from gatepass.centre import translations

    for tree in translations.TREES:
        catalogues = {
            language: {
                (
                    message.id[0] if isinstance(message.id, (tuple, list)) else message.id,
                    message.context,
                ): message.string
                for message in translations.read_catalogue(tree, language.replace("-", "_"))
                if message.id
            }
            for language in LANGUAGES
        }
        for key, sentence in sorted(translations.sentences(tree).items(), key=lambda each: each[1].where):
            words = {language: _whole(catalogues[language].get(key)) for language in LANGUAGES}
            noun = sentence.where.split("/")[0]
            context = f" [{sentence.context}]" if sentence.context else ""
            yield Text(f"centre/{noun}" if "/" in sentence.where else "centre", key[0] + context, sentence.where, words)


def _whole(text: Any) -> str:
    """Both forms of a plural."""
    return " | ".join(text) if isinstance(text, (tuple, list)) else str(text or "")


def _of_table(path: Path) -> Iterator[Text]:
    where = path.relative_to(HOUSE).as_posix()
    room = "finished notices" if "/notices/texts/" in where else where
    for name, words in _five(tomllib.loads(path.read_text("utf-8"))):
        yield Text(room, name or path.stem, where, words)


def _five(table: Any, name: str = "") -> Iterator[tuple[str, Mapping[Language, str]]]:
    """Everything in the table that is said in all five languages, with its name."""
    if isinstance(table, list):
        for place, each in enumerate(table):
            yield from _five(each, f"{name}[{place}]")
    if not isinstance(table, dict):
        return
    if not set(LANGUAGES) <= set(table):
        for key, value in table.items():
            yield from _five(value, f"{name}.{key}".lstrip("."))
        return
    said = {language: table[language] for language in LANGUAGES}
    if all(isinstance(value, str) for value in said.values()):
        yield name, said
    elif all(isinstance(value, dict) for value in said.values()):
        for part in said[LANGUAGES[0]]:
            words = {language: value.get(part, "") for language, value in said.items()}
            if all(isinstance(value, str) for value in words.values()):
                yield f"{name}.{part}".lstrip("."), words
            else:
                yield from _five(words, f"{name}.{part}".lstrip("."))


# --- pictures ---


def pictures_of(folder: Path) -> list[Picture]:
    """Those that have their words beside them."""
    found = []
    for words in sorted(folder.glob("*.json")):
        picture = words.with_suffix(".png")
        if picture.is_file():
            said = json.loads(words.read_text("utf-8"))
            found.append(Picture(picture, str(said["language"]).lower(), "".join(str(said["words"]).split())))
    return found


def shown_on(words: str, language: Language, pictures: list[Picture]) -> Path | None:
    """The first picture in this language on which the longest piece of the text stands."""
    pieces = ["".join(piece.split()) for piece in _HOLES.split(words.replace("**", ""))]
    longest = max(pieces, key=len, default="")
    if len(longest) < _SHORTEST.get(language, 3):
        return None
    return next((one.file for one in pictures if one.language == language.lower() and longest in one.words), None)


# --- pages ---


def write(folder: Path, pictures: Path | None = None) -> dict[str, int]:
    """The pages; how many strings, gaps, pictures and rooms. What lay in the folder is written over."""
    folder.mkdir(parents=True, exist_ok=True)
    known = pictures_of(pictures) if pictures else []
    rooms: dict[str, list[Text]] = defaultdict(list)
    for text in texts():
        rooms[text.room].append(text)
    counts = {"strings": 0, "gaps": 0, "with a picture": 0, "rooms": len(rooms)}
    lines = []
    for room, found in sorted(rooms.items()):
        rows, seen = [], 0
        for number, text in enumerate(found, 1):
            shown = (
                {language: shown_on(text.words[language], language, known) for language in LANGUAGES} if known else {}
            )
            seen += any(shown.values())
            rows.append(_row(number, text, {key: _kept(file, folder) for key, file in shown.items() if file}))
        gaps = sum(not words.strip() for text in found for words in text.words.values())
        name = re.sub(r"\W+", "-", room)
        (folder / f"{name}.html").write_text(_page(room, _table(rows), back=True), "utf-8")
        lines.append(
            f'<tr><td><a href="{name}.html">{escape(room)}</a></td><td>{len(found)}</td>'
            f"<td>{gaps}</td><td>{seen}</td></tr>"
        )
        counts["strings"] += len(found)
        counts["gaps"] += gaps
        counts["with a picture"] += seen
    head = "<tr><th>Room</th><th>Strings</th><th>Gaps</th><th>With a picture</th></tr>"
    total = ", ".join(f"{count} {what}" for what, count in counts.items())
    table = f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"
    body = f"<p>{total}. Reviewed by: {REVIEWED_BY}.</p>{table}"
    (folder / "index.html").write_text(_page("Every string, in five languages", body), "utf-8")
    return counts


def _kept(picture: Path, folder: Path) -> str:
    target = folder / "pictures" / picture.name
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        shutil.copyfile(picture, target)
    return f"pictures/{picture.name}"


def _row(number: int, text: Text, shown: Mapping[Language, str]) -> str:
    cells = "".join(
        f'<td lang="{language}">{escape(text.words[language]) or "<b>missing</b>"}'
        + (f'<br><a href="{escape(shown[language])}">picture</a>' if language in shown else "")
        + "</td>"
        for language in LANGUAGES
    )
    picture = next(iter(shown.values()), "")
    image = (
        f'<br><a href="{escape(picture)}"><img loading="lazy" alt="" src="{escape(picture)}"></a>' if picture else ""
    )
    context = f"<code>{escape(text.key)}</code><br><small>{escape(text.where)}</small>{image}"
    return f'<tr id="{number}"><th><a href="#{number}">{number}</a></th><td>{context}</td>{cells}</tr>'


def _table(rows: list[str]) -> str:
    names = "".join(f"<th>{OWN_NAME[language]}</th>" for language in LANGUAGES)
    return f"<table><thead><tr><th></th><th>Context</th>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #14201a; background: #f6f4ee; margin: 1.5rem; }
table { border-collapse: collapse; background: #fff; } a { color: #0b6b3a; }
th, td { border-top: 1px solid #e2dfd5; padding: .5rem .8rem; text-align: start; vertical-align: top;
white-space: pre-line; max-width: 24rem; }
thead th { position: sticky; top: 0; background: #f6f4ee; } code { font-size: .85em; } small { color: #56615b; }
img { width: 12rem; max-height: 9rem; object-fit: cover; object-position: top; display: block; }
img { border: 1px solid #e2dfd5; border-radius: 8px; margin-top: .4rem; } b { color: #b00020; }
"""


def _page(title: str, body: str, *, back: bool = False) -> str:
    link = '<p><a href="index.html">All rooms</a></p>' if back else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{link}<h1>{escape(title)}</h1>{body}</body></html>"
    )
