"""Questions and reports at a gate: what it sends to the desk, and the file of approved answers that it holds.

question   read as it would be written, or refused; a question in one of the five languages, of a length that fits
report     read as it would be written, or refused; no more reports, keys and words than fit; a temperature that fits
           into its column
answers    never raises; is read as it would be written; nothing but whole answers of this gate that are in force is
           shown; whatever its texts hold can be searched for
"""

from __future__ import annotations

from typing import Final

import msgspec
from tests.wire.test_answers import ALL, CLEANER, PETS

from fuzz.parsers.promises import ACCEPTED, Parser, as_text, require
from gatepass.languages import LANGUAGES
from gatepass.wire.answers import MOST_QUERY, Answer, Answers, Finder, decode
from gatepass.wire.questions import GateQuestion
from gatepass.wire.reports import MOST_KEYS, MOST_NOTE, MOST_REPORTS, GateReport, ReportBatch

_GATE: Final = "7"
_questions = msgspec.msgpack.Decoder(GateQuestion)
_reports = msgspec.msgpack.Decoder(ReportBatch)


def parse_question(octets: bytes) -> str:
    try:
        read = _questions.decode(octets)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "malformed"
    require(read.language in LANGUAGES, "a sixth language")
    require(8 <= len(read.key) <= 40 and 1 <= len(read.words) <= 2000, "a length that does not fit")
    require(_questions.decode(msgspec.msgpack.encode(read)) == read, "a question that is written otherwise")
    return ACCEPTED


def parse_report(octets: bytes) -> str:
    try:
        read = _reports.decode(octets)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "malformed"
    require(len(read.reports) <= MOST_REPORTS, "more than fit")
    for one in read.reports:
        require(len(one.id) == 16 and 1 <= len(one.people) <= MOST_KEYS, "a key of another length")
        require(all(len(key) == 16 for key in one.people), "a key of another length")
        require(one.tenths is None or 0 <= one.tenths <= 999, "a temperature that no column holds")
        require(len(one.note) <= MOST_NOTE and len(one.symptoms) <= 20, "words without end")
        require(0 <= one.at < 2**53, "a moment beyond all calendars")
    require(_reports.decode(msgspec.msgpack.encode(read)) == read, "a report that is written otherwise")
    return ACCEPTED


def parse_answers(octets: bytes) -> str:
    read = decode(octets)
    require(decode(read.encode()) == read, "a file that is written otherwise than it was read")
    shown = read.at(_GATE, 5)
    for one in shown:
        require(set(one.texts) == set(LANGUAGES), "half an answer on a screen")
        require(one.gates is None or _GATE in one.gates, "another gate's answer")
        require(not 0 < one.ends <= 5, "an answer that holds no more")
    finder = Finder(read.answers)
    for words in (as_text(octets[-MOST_QUERY:]), *(said.question for one in shown[:3] for said in one.texts.values())):
        require(set(map(id, finder.find(words))) <= set(map(id, read.answers)), "an answer that is in no file")
    return ACCEPTED if read.answers else "none"


def question_seeds() -> list[bytes]:
    asked = GateQuestion("0123456789abcdef", "en", "May she come in on Tuesday?")
    others = [msgspec.structs.replace(asked, language=language, words="狗？ 개? 犬？") for language in LANGUAGES]
    return [msgspec.msgpack.encode(one) for one in (asked, *others)]


def report_seeds() -> list[bytes]:
    plain = GateReport(bytes(range(16)), 1_700_000_000_000, [bytes(16)], 366)
    ill = GateReport(bytes(16), 1, [bytes(16), bytes(range(16))], None, ["cough", "fever"], "咳嗽 since 2 days", True)
    return [msgspec.msgpack.encode(ReportBatch(batch)) for batch in ([plain], [ill], [plain, ill], [])]


def answer_seeds() -> list[bytes]:
    over = Answer(5, None, CLEANER.texts, ends=5)
    files = (
        ALL,
        Answers([PETS], "https://centre.example/my/questions/"),
        Answers([over, Answer(4, None, {"en": CLEANER.texts["en"]})]),
        Answers(),
    )
    return [one.encode() for one in files] + [b'{"of_a_later_release":' + b"[" * 1500]


PARSERS: Final = (
    Parser("question", question_seeds, parse_question, longest=400),
    Parser("report", report_seeds, parse_report, longest=400),
    Parser("answers", answer_seeds, parse_answers, longest=4000),
)
