"""`./gatepass verify`: what a gate would say of a shown code, in words. The same `credentials.judge`, the same lists.

Exit status: 0 pass, 3 hold, 4 refuse, so that a script needs no words; 2 where nothing could be judged.
"""

from __future__ import annotations

import json
import sys
import tomllib
import warnings
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import msgspec
import typer

from gatepass.credentials import CredentialError, HealthCode, TrustList, Verdict, judge, serials
from gatepass.directory.errors import DirectoryError
from gatepass.directory.lists import CodeLists
from gatepass.languages import LANGUAGES, Language
from gatepass.policy import Outcome
from gatepass.policy.reasons import OUTCOMES, REASONS

STATUS: Final = {Outcome.PASS: 0, Outcome.HOLD: 3, Outcome.REFUSE: 4}
_MOST_STDIN: Final = 70_000
MOST_PIXELS: Final = 50_000_000
"""A phone's 48 megapixels."""
_WIDE: Final = 2400
"""Pixels of the longer side that are looked at; a dynamic code held at arm's length fills a third of it."""
_PICTURES: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")

Sentence = Annotated[str, msgspec.Meta(min_length=1)]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: dict[str, dict[Language, Sentence]]
    kind: dict[str, dict[Language, Sentence]]
    label: dict[str, dict[Language, Sentence]]
    problem: dict[str, dict[Language, Sentence]]


@cache
def words() -> _Words:
    """`verify.toml`, whole in five languages or not at all."""
    text = resources.files("gatepass").joinpath("verify.toml").read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), _Words)
    for table in (read.format, read.kind, read.label, read.problem):
        for code, texts in table.items():
            if tuple(texts) != LANGUAGES:
                raise ValueError(f"verify.toml: {code} is not in the five languages, in their order")
    return read


class ProblemError(Exception):
    """Nothing can be judged. `code` is one of `[problem.*]`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def lists_of(path: Path) -> tuple[TrustList, CodeLists | None]:
    """Trust and revocations from a trust list's file, a gate's folder or a centre's folder.

    Raises:
        ProblemError: no_trust, trust_damaged.
    """
    if path.is_file():
        try:
            return TrustList.decode(path.read_bytes()), None
        except (OSError, CredentialError) as error:
            raise ProblemError("trust_damaged") from error
    try:
        if (path / "updates" / "repository").is_dir():
            lists = CodeLists.of_repository(path / "updates" / "repository")
        else:
            lists = CodeLists.of_gate(path / "directory" if (path / "directory").is_dir() else path)
    except DirectoryError as error:
        raise ProblemError("trust_damaged") from error
    if lists.problems:
        raise ProblemError("trust_damaged")
    if not len(lists.trust):
        raise ProblemError("no_trust")
    return lists.trust, lists


def codes_in(picture: Path | BinaryIO) -> list[str]:
    """Every code in a picture, a path or an open file, in no order. Raises: ProblemError: picture, no_code_in_picture.

    Nothing is decoded beyond MOST_PIXELS, and a JPEG of a phone at a fraction of its size.
    """
    import zxingcpp
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is measured here
            opened = Image.open(picture, formats=_PICTURES)
        with opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ProblemError("picture")
            opened.draft("L", (_WIDE, _WIDE))
            grey = opened.convert("L")
            grey.thumbnail((_WIDE, _WIDE))
            found = zxingcpp.read_barcodes(grey)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as error:
        raise ProblemError("picture") from error
    if not found:
        raise ProblemError("no_code_in_picture")
    return [each.text for each in found]


def in_words(verdict: Verdict, language: Language) -> str:
    """Outcome, what follows, and what the code says; times in this machine's own zone."""
    said = words()
    first, *further = verdict.reasons
    lines = [f"{OUTCOMES[verdict.outcome][language]}  {first}", REASONS[first].texts[language].guard]
    lines += [f"{REASONS[code].texts[language].guard}  ({code})" for code in further]
    facts = {"format": said.format[verdict.format.value][language]}
    if verdict.credential is not None:
        facts |= _facts(verdict.credential, language)
    labels = {name: said.label[name][language] for name in facts}
    return "\n".join([*lines, "", *(f"{labels[name]}: {fact}" for name, fact in facts.items())])


def _facts(code: HealthCode, language: Language) -> dict[str, str]:
    facts = {
        "kind": words().kind[code.kind.value][language],
        "issuer": code.issuer,
        "serial": serials.written(code.serial),
        "issued": _local(code.issued),
        "expires": _local(code.expires),
    }
    return facts | ({"made": _local(code.made)} if code.made else {})


def _local(moment: datetime) -> str:
    return moment.astimezone().isoformat(" ", "seconds")


def as_data(verdict: Verdict) -> dict[str, Any]:
    """The same for programs: moments in UTC, bytes in hexadecimal."""
    code = verdict.credential
    facts = code and {
        "kind": code.kind.value,
        "person": code.person.hex(),
        "serial": code.serial.hex(),
        "issuer": code.issuer,
        "key_id": code.key_id.hex(),
        "issued": code.issued.isoformat(),
        "expires": code.expires.isoformat(),
        "made": code.made.isoformat() if code.made else None,
        "proof": code.proof.hex() if code.proof else None,
    }
    return {
        "outcome": verdict.outcome.value,
        "reasons": list(verdict.reasons),
        "format": verdict.format.value,
        "credential": facts,
    }


def run(text: str | None, image: Path | None, trust: Path, at: datetime | None, language: str, as_json: bool) -> int:
    """Prints one verdict for each code; the gravest one gives the status."""
    if language not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    if (text is None) == (image is None):
        raise typer.BadParameter("give either a text (or - for standard input) or --image FILE")
    try:
        believed, lists = lists_of(trust)
        texts = codes_in(image) if image else [_given(text or "")]
    except ProblemError as problem:
        typer.echo(words().problem[problem.code][language], err=True)
        return 2
    moment = at or datetime.now(UTC)
    moment = moment if moment.tzinfo else moment.astimezone()
    void = lists.revocations if lists else None
    verdicts = [judge(each, trust=believed, at=moment, revocations=void) for each in texts]
    for place, verdict in enumerate(verdicts):
        if as_json:
            typer.echo(json.dumps(as_data(verdict), ensure_ascii=False))
        else:
            typer.echo(("\n" if place else "") + in_words(verdict, language))
    return max(STATUS[verdict.outcome] for verdict in verdicts)


def _given(text: str) -> str:
    if text != "-":
        return text
    # What a pipe ends with is no part of the code; of anything longer, judge needs no more to say what it is.
    return sys.stdin.read(_MOST_STDIN).removesuffix("\n").removesuffix("\r")
