"""The catalogues of the staff site: compiled when stale, and checked so that no language has a gap.

    python -m gatepass.centre.translations check     every finding; exit status 1 if there is one
    python -m gatepass.centre.translations update    new sentences into the .po files, unused ones out
    python -m gatepass.centre.translations compile   .mo files anew (done by itself at every start)

Message ids are whole English sentences. A noun with a folder `locale` has its own catalogues; `centre/locale` has the
rest.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CENTRE: Final = Path(__file__).parent
LOCALES: Final = ("zh_Hans", "zh_Hant", "en", "ko", "ja")
SOURCE: Final = "en"
_PLURALS: Final = {"en": 2}
"""Forms of a plural; the other four languages have one."""

# Folder of catalogues -> the folders whose sentences it holds.
_WITH: Final = {
    "passages": ("gateway",),
    "rosters": ("volunteers", "interpreting"),
    "arrivals": ("uploads", "surveys"),
    "applicants": ("limits", "sending", "mandates", "applications", "appeals", "papers"),
}
"""A noun whose catalogues serve others as well."""
TREES: Final[dict[Path, tuple[Path, ...]]] = {
    **{
        folder: (folder.parent, *(CENTRE / other for other in _WITH.get(folder.parent.name, ())))
        for folder in sorted(CENTRE.glob("*/locale"))
    },
    CENTRE / "locale": (CENTRE,),
}

_KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_CHANGING: Final = re.compile(
    rb'"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|'
    rb"Language-Team):.*\n"
)
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sdf]|%[sd]|(?<!%)\{(\w*)\}")

Key = tuple[str, str | None]
"""A message id (the singular of a plural) and its context."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as the source has it."""

    ids: tuple[str, ...]
    context: str | None
    where: str

    @property
    def key(self) -> Key:
        return self.ids[0], self.context


def sentences(tree: Path) -> dict[Key, Sentence]:
    """All sentences of the sources that belong to a folder of catalogues."""
    found: dict[Key, Sentence] = {}
    for path in _sources(tree):
        for line, ids, context in _sentences_of(path):
            sentence = Sentence(ids, context, f"{path.relative_to(CENTRE)}:{line}")
            known = found.get(sentence.key)
            if known is None or len(ids) > len(known.ids):
                found[sentence.key] = sentence
    return found


def _sources(tree: Path) -> Iterator[Path]:
    others = [folder for other, folders in TREES.items() if other != tree for folder in folders if folder != CENTRE]
    for folder in TREES[tree]:
        for path in sorted(folder.rglob("*")):
            mine = folder != CENTRE or not any(path.is_relative_to(other) for other in others)
            if mine and path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _sentences_of(path: Path) -> Iterator[tuple[int, tuple[str, ...], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # What is not a message comes out as X; without its indentation it is harmless to a tokenizer.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    for line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=_KEYWORDS):
        ids = message if isinstance(message, tuple) else (message,)
        if ids[0]:
            yield line, tuple(str(part) for part in ids), context


def po_path(tree: Path, locale: str) -> Path:
    return tree / locale / "LC_MESSAGES" / "django.po"


def read_catalogue(tree: Path, locale: str) -> Catalog:
    path = po_path(tree, locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def compile_catalogues() -> int:
    """Writes each .mo that is missing or older than its .po, by rename; how many. Some 5 ms where nothing is stale."""
    written = 0
    for tree in TREES:
        for locale in LOCALES:
            source = po_path(tree, locale)
            target = source.with_suffix(".mo")
            if not source.exists() or (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
                continue
            content = BytesIO()
            write_mo(content, read_catalogue(tree, locale))
            descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".django.", suffix=".mo")
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.getvalue())
            Path(draft).chmod(0o644)
            Path(draft).replace(target)
            written += 1
    return written


def findings() -> list[str]:
    """Every gap: missing, empty, fuzzy, unused, with other placeholders than its message id, or told in two ways."""
    found = list(_told_twice())
    for tree in TREES:
        wanted = sentences(tree)
        for locale in LOCALES:
            catalogue = {
                (_first(message), message.context): message for message in read_catalogue(tree, locale) if message.id
            }
            name = f"{tree.relative_to(CENTRE)}/{locale}"
            for key, sentence in wanted.items():
                message = catalogue.get(key)
                if message is None:
                    found.append(f"{name}: missing: {key[0]!r} ({sentence.where})")
                else:
                    found += [
                        f"{name}: {fault}: {key[0]!r} ({sentence.where})"
                        for fault in _faults(message, sentence, locale)
                    ]
            found += [f"{name}: unused: {key[0]!r}" for key in catalogue.keys() - wanted.keys()]
    return found


def _told_twice() -> Iterator[str]:
    """Django reads all catalogues into one: of two translations of a sentence, only one would ever be shown.

    Where the sense differs, the sentence takes a context (`pgettext`, `{% translate … context … %}`).
    """
    for locale in LOCALES:
        told: dict[Key, tuple[Message, str]] = {}
        for tree in TREES:
            name = f"{tree.relative_to(CENTRE)}/{locale}"
            for message in read_catalogue(tree, locale):
                if not message.id:
                    continue
                key = (_first(message), message.context)
                other, where = told.setdefault(key, (message, name))
                if other.string != message.string and isinstance(other.id, str) == isinstance(message.id, str):
                    yield f"{name}: translated otherwise than in {where}: {key[0]!r}"


def _faults(message: Message, sentence: Sentence, locale: str) -> Iterator[str]:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    texts = [text or "" for text in strings]
    if message.fuzzy:
        yield "fuzzy"
    if not all(texts) or not texts:
        yield "empty"
        return
    expected = _PLURALS.get(locale, 1) if len(sentence.ids) > 1 else 1
    if len(texts) != expected:
        yield f"{len(texts)} forms instead of {expected}"
    for text in texts:
        if _placeholders(text) not in {_placeholders(part) for part in sentence.ids}:
            yield "other placeholders"
        if text.strip() != text:
            yield "space at an end"


def _placeholders(text: str) -> tuple[str, ...]:
    return tuple(sorted(match.group() for match in _PLACEHOLDER.finditer(text)))


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def update() -> None:
    """New sentences in (English filled in: it is the source), unused ones out; what is translated stays."""
    for tree in TREES:
        wanted = sentences(tree)
        if not wanted:
            continue
        for locale in LOCALES:
            old = {
                (_first(message), message.context): message for message in read_catalogue(tree, locale) if message.id
            }
            new = Catalog(locale=locale, project="gatepass", charset="utf-8", fuzzy=False, header_comment="")
            for key in sorted(wanted, key=lambda key: (key[0], key[1] or "")):
                sentence = wanted[key]
                ids = sentence.ids if len(sentence.ids) > 1 else sentence.ids[0]
                text = _translated(old.get(key), sentence, locale)
                new.add(ids, text, locations=[], context=sentence.context, flags=_flags(sentence))
            path = po_path(tree, locale)
            path.parent.mkdir(parents=True, exist_ok=True)
            content = BytesIO()
            write_po(content, new, width=0, omit_header=False, sort_output=False)
            # Names and moments that would change every file at every run.
            kept = _CHANGING.sub(b"", content.getvalue())
            path.write_bytes(kept)


def _translated(old: Message | None, sentence: Sentence, locale: str) -> str | tuple[str, ...]:
    if locale == SOURCE:
        return sentence.ids if len(sentence.ids) > 1 else sentence.ids[0]
    forms = _PLURALS.get(locale, 1)
    if old is None or not old.string:
        return ("",) * forms if len(sentence.ids) > 1 else ""
    texts = old.string if isinstance(old.string, (tuple, list)) else (old.string,)
    return tuple(texts[:forms]) if len(sentence.ids) > 1 else texts[0]


def _flags(sentence: Sentence) -> list[str]:
    return ["python-format"] if any("%(" in part for part in sentence.ids) else []


def main(words: Sequence[str]) -> int:
    match list(words):
        case ["check"]:
            found = findings()
            sys.stdout.writelines(f"{line}\n" for line in found)
            total = sum(len(sentences(tree)) for tree in TREES)
            sys.stdout.write(f"translations: {total} sentences in {len(LOCALES)} languages, {len(found)} findings\n")
            return 1 if found else 0
        case ["update"]:
            update()
            return 0
        case ["compile"]:
            sys.stdout.write(f"{compile_catalogues()} compiled\n")
            return 0
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
