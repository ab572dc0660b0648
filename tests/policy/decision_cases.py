"""The one table of decisions. The centre, the gate online and the gate offline are all tested against these rows.

    from tests.policy.decision_cases import CASES

A row is what a person presents, what is known, what the gate asks for and when; then the answer, to the spoken
sentence in zh-Hans. Someone who changes a rule or a wording changes it here first, and every place that runs the
rule must follow. All moments are noon in Hangzhou, 23 November 2026, unless the row is about time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tests.cast import LI, STRANGER, SUN, WANG, ZHAO

from gatepass.identity import Assurance, Document, DocumentKind, Holder, Validity
from gatepass.policy import (
    Advice,
    Colour,
    Face,
    FaceRule,
    Invited,
    Knowledge,
    Method,
    Outcome,
    Presentation,
    ShownInvitation,
    SiteRules,
    Standing,
    Status,
    VisitKind,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
AFTER_MIDNIGHT = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
"""In Hangzhou, half past midnight on the 24th."""

USUAL = SiteRules()
WARD = SiteRules(yellow=Outcome.REFUSE)
"""A hospital ward."""
WAY_OUT = SiteRules(yellow=Outcome.PASS, red=Outcome.PASS, unknown=Outcome.PASS)
MARKET = SiteRules(yellow=Outcome.PASS, unknown=Outcome.PASS)
LENIENT = SiteRules(red=Outcome.HOLD)
HARBOUR = SiteRules(unproven=Outcome.HOLD)
"""Where a document must be proved genuine, or looked at."""
SCHOOL = SiteRules(uid_cards=Outcome.PASS)
"""Pupils' cards open the gate."""
LABORATORY = SiteRules(faces=FaceRule.ALWAYS)
"""Everybody is compared with their portrait, by the gate or by the guard."""
FERRY = SiteRules(faces=FaceRule.WHERE_POSSIBLE)
"""Whoever brings a portrait is compared with it."""

PASSPORT = Document(
    kind=DocumentKind.PASSPORT,
    issuer="KOR",
    number="M70689098",
    holder=Holder(native_name="김민지", latin_name="KIM MINJI", nationality="KOR"),
    validity=Validity(date(2020, 1, 1), date(2030, 1, 1)),
)

PLEASE_PASS = ("pass", "请通行。")
SHOW_DOCUMENT = ("show_document", "这个码在这里读不了，请出示您的证件。")
OPEN_ANEW = ("code_refresh", "请打开手机上现在的码，再出示一次。")
STAFF_COME = ("hold", "请稍候，工作人员马上过来。")
STAFF_HELP = ("hold_staff", "请稍候，由工作人员为您办理。")
NOT_FOUND = ("hold_unknown", "没有找到您的登记，工作人员马上过来。")
RENEW_CODE = ("hold_code_expired", "您的登记需要更新，工作人员马上过来。")
TOO_OLD = ("hold_stale", "需要核对信息，工作人员马上过来。")
CARD_OVER = ("hold_document_expired", "证件已过有效期，工作人员马上过来。")
FACE_CHECK = ("hold_face", "请稍候，工作人员来帮您核对。")
LOOK_HERE = ("look_at_camera", "请看着摄像头，或等工作人员过来。")
CARD_CHECK = ("hold_document_check", "证件需要核对，工作人员马上过来。")
CARD_OTHER = ("hold_other_document", "本机无法读取这种证件，工作人员马上过来。")
READER_ILL = ("hold_reader", "读卡器暂时不能用，工作人员马上过来。")
LAY_AGAIN = ("again", "没有读到证件，请再放一次。")
KEEP_STILL = ("again_keep_still", "请再放一次，听到声音再拿开。")
TYPE_AGAIN = ("number_again", "号码不对，请核对后重新输入。")
STOP = ("refuse", "请留步，请与工作人员联系。")


@dataclass(frozen=True)
class Case:
    name: str
    presentation: Presentation
    status: Status | None
    outcome: Outcome
    reasons: tuple[str, ...]
    advice: Advice
    says: tuple[str, str]
    """Prompt id, and the sentence in zh-Hans."""
    rules: SiteRules = USUAL
    at: datetime = NOON

    @property
    def prompt(self) -> str:
        return self.says[0]

    @property
    def spoken(self) -> str:
        return self.says[1]

    def __str__(self) -> str:
        return self.name


def card(document: Document, face: Face = Face.OFF) -> Presentation:
    return Presentation(Method.CARD, document, face=face)


def typed(document: Document) -> Presentation:
    return Presentation(Method.TYPED, document)


def read_by(method: Method, document: Document, assurance: Assurance) -> Presentation:
    return Presentation(method, replace(document, assurance=assurance))


def printed(document: Document) -> Presentation:
    return read_by(Method.PRINTED, document, Assurance.PRINTED)


def chip(document: Document) -> Presentation:
    """Read from the chip, and nobody here can say who signed it."""
    return read_by(Method.CARD, document, Assurance.CHIP)


@dataclass(frozen=True)
class ShownCode:
    """What `credentials.judge` said of a code, and the document of the person whom it names."""

    outcome: Outcome
    reasons: tuple[str, ...]
    person: Document | None = None


def shown(person: Document, face: Face = Face.OFF) -> Presentation:
    return Presentation(Method.CODE, code=ShownCode(Outcome.PASS, ("code_valid",), person), face=face)


def objected(*reasons: str, outcome: Outcome = Outcome.HOLD, document: Document | None = None) -> Presentation:
    """A code that proves nothing, perhaps beside a document of the same person."""
    return Presentation(Method.CODE, document, code=ShownCode(outcome, reasons, document))


def beside_a_code(document: Document, face: Face = Face.OFF) -> Presentation:
    return Presentation(Method.CODE, document, code=ShownCode(Outcome.PASS, ("code_valid",), document), face=face)


def fault(code: str, method: Method = Method.CARD) -> Presentation:
    return Presentation(method, fault=code)


def known(colour: Colour | None, advice: Advice = Advice.NONE, *, age: timedelta = timedelta(0)) -> Status:
    return Status(Knowledge.REGISTERED, NOON - age, colour, advice)


def unknown(age: timedelta = timedelta(0)) -> Status:
    return Status(Knowledge.UNKNOWN, NOON - age)


def valid(document: Document, first: date | None, last: date | None) -> Document:
    return replace(document, validity=Validity(first, last))


def visiting(
    invited: Invited,
    host: Status | None,
    *,
    own: Presentation | None = None,
    standing: Standing = Standing.GOOD,
    leaving: bool = False,
) -> Presentation:
    """Somebody with an invitation of Zhou's, perhaps beside what they show of themselves."""
    shown = ShownInvitation(invited, HERE, leaving=leaving, standing=standing, host=host)
    return replace(own or Presentation(Method.CODE), invitation=shown)


HERE = "gate-1"
A_YEAR = (NOON - timedelta(days=30), NOON + timedelta(days=300))
# NOON is a Monday.
CLEANING = Invited(VisitKind.HELPER, *A_YEAR, frozenset({HERE}), frozenset({0, 4}), (9 * 60, 13 * 60))
TUESDAYS = replace(CLEANING, weekdays=frozenset({1, 4}))
MORNINGS = replace(CLEANING, minutes=(9 * 60, 12 * 60))
AFTERNOONS = replace(CLEANING, minutes=(12 * 60 + 15, 18 * 60))
EVENINGS = replace(CLEANING, minutes=(18 * 60, 20 * 60))
TEA = Invited(VisitKind.GUEST, NOON - timedelta(hours=1), NOON + timedelta(hours=3), frozenset())
OVER_YESTERDAY = replace(TEA, begins=NOON - timedelta(days=2), ends=NOON - timedelta(days=1))
NEXT_DOOR = replace(TEA, gates=frozenset({"gate-2"}))
PARCEL = replace(TEA, kind=VisitKind.DELIVERY)


NO_DIRECTORY = Status(Knowledge.UNAVAILABLE, NOON)
GREEN, YELLOW, RED = Colour.GREEN, Colour.YELLOW, Colour.RED
PASS, HOLD, REFUSE = Outcome.PASS, Outcome.HOLD, Outcome.REFUSE
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
HOURS = timedelta(hours=1)
OFFICE = Advice.VISIT_OFFICE
RENEW = Advice.RENEW_DOCUMENT
NONE = Advice.NONE

OVER = valid(WANG.document, date(2006, 1, 1), YESTERDAY)
PUPIL = Document(kind=DocumentKind.CARD_UID, issuer="CHN", number="04A2B3C4D5E680", assurance=Assurance.COPYABLE)
FUTURE = valid(WANG.document, TOMORROW, date(2046, 1, 1))

# A table is read in lines of two halves, question and answer; the formatter would make a thousand lines of it.
# fmt: off
CASES: tuple[Case, ...] = (
    # --- the five people of the cast
    Case("Wang's green code passes", card(WANG.document), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("Li's yellow code is held, with a test due", card(LI.document), known(YELLOW, Advice.TEST),
         HOLD, ("yellow",), Advice.TEST, STAFF_COME),
    Case("Sun's red code is refused, courteously", card(SUN.document), known(RED),
         REFUSE, ("red",), OFFICE, STOP),
    Case("Zhao's code has run out: held, and not red", card(ZHAO.document), known(None),
         HOLD, ("code_expired",), Advice.DECLARE, RENEW_CODE),
    Case("a stranger is held and told how to register", card(STRANGER.document), unknown(),
         HOLD, ("unknown",), Advice.APPLY, NOT_FOUND),
    # --- advice
    Case("green with a declaration due passes and is told so", card(WANG.document), known(GREEN, Advice.DECLARE),
         PASS, ("green",), Advice.DECLARE, PLEASE_PASS),
    Case("green with a test due passes", card(WANG.document), known(GREEN, Advice.TEST),
         PASS, ("green",), Advice.TEST, PLEASE_PASS),
    Case("red with the centre's own advice keeps it", card(SUN.document), known(RED, Advice.STAY_HOME),
         REFUSE, ("red",), Advice.STAY_HOME, STOP),
    Case("red with an appeal open", card(SUN.document), known(RED, Advice.APPEAL),
         REFUSE, ("red",), Advice.APPEAL, STOP),
    Case("yellow without advice invents none", card(LI.document), known(YELLOW),
         HOLD, ("yellow",), NONE, STAFF_COME),
    Case("an expired code keeps the centre's advice", card(ZHAO.document), known(None, Advice.TEST),
         HOLD, ("code_expired",), Advice.TEST, RENEW_CODE),
    # --- other ways to present
    Case("a typed number is as good as a card", typed(WANG.document), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("a typed number of a red code is refused too", typed(SUN.document), known(RED),
         REFUSE, ("red",), OFFICE, STOP),
    Case("a registered passport passes", card(PASSPORT), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("an unregistered passport is held", card(PASSPORT), unknown(),
         HOLD, ("unknown",), Advice.APPLY, NOT_FOUND),
    Case("a verified chip says nothing beside the colour", read_by(Method.CARD, PASSPORT, Assurance.VERIFIED),
         known(GREEN), PASS, ("green",), NONE, PLEASE_PASS),
    Case("a chip whose signer is unknown passes, and the desk is told", chip(PASSPORT), known(GREEN),
         PASS, ("green", "unproven_allowed"), NONE, PLEASE_PASS),
    Case("a printed page passes, and the desk is told", printed(PASSPORT), known(GREEN),
         PASS, ("green", "unproven_allowed"), NONE, PLEASE_PASS),
    Case("a printed page of a red code is refused", printed(SUN.document), known(RED),
         REFUSE, ("red", "unproven_allowed"), OFFICE, STOP),
    Case("a printed page of a stranger", printed(PASSPORT), unknown(),
         HOLD, ("unknown", "unproven_allowed"), Advice.APPLY, NOT_FOUND),
    Case("a harbour wants a printed page looked at", printed(PASSPORT), known(GREEN),
         HOLD, ("unproven", "green"), NONE, CARD_CHECK, HARBOUR),
    Case("a harbour wants an unknown signer's chip looked at", chip(PASSPORT), known(GREEN, Advice.TEST),
         HOLD, ("unproven", "green"), NONE, CARD_CHECK, HARBOUR),
    Case("a harbour passes a verified chip", read_by(Method.CARD, PASSPORT, Assurance.VERIFIED), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS, HARBOUR),
    Case("a harbour asks for the code before it looks at the page", printed(LI.document), known(YELLOW),
         HOLD, ("yellow", "unproven"), NONE, STAFF_COME, HARBOUR),
    Case("no rule makes a machine refuse a printed page", printed(PASSPORT), known(GREEN),
         HOLD, ("unproven", "green"), NONE, CARD_CHECK, SiteRules(unproven=Outcome.REFUSE)),
    Case("an expired page that nobody verified", printed(OVER), known(GREEN),
         HOLD, ("document_expired", "green", "unproven_allowed"), RENEW, CARD_OVER),
    # --- cards that are known by the number of their chip
    Case("an enrolled card is no proof: a human compares the face", read_by(Method.UID, PUPIL, Assurance.COPYABLE),
         known(GREEN), HOLD, ("uid_card", "green"), NONE, CARD_CHECK),
    Case("an enrolled card of a red code is refused", read_by(Method.UID, PUPIL, Assurance.COPYABLE), known(RED),
         REFUSE, ("red", "uid_card"), OFFICE, STOP),
    Case("an enrolled card of a yellow code", read_by(Method.UID, PUPIL, Assurance.COPYABLE),
         known(YELLOW, Advice.TEST), HOLD, ("yellow", "uid_card"), Advice.TEST, STAFF_COME),
    Case("a card that nobody enrolled", read_by(Method.UID, PUPIL, Assurance.COPYABLE), unknown(),
         HOLD, ("unknown", "uid_card"), Advice.APPLY, NOT_FOUND),
    Case("a school lets its cards pass, and the desk is told", read_by(Method.UID, PUPIL, Assurance.COPYABLE),
         known(GREEN), PASS, ("green", "uid_card_allowed"), NONE, PLEASE_PASS, SCHOOL),
    Case("a school still holds a yellow code", read_by(Method.UID, PUPIL, Assurance.COPYABLE), known(YELLOW),
         HOLD, ("yellow", "uid_card_allowed"), NONE, STAFF_COME, SCHOOL),
    Case("no rule makes a machine refuse a card for its kind", read_by(Method.UID, PUPIL, Assurance.COPYABLE),
         known(GREEN), HOLD, ("uid_card", "green"), NONE, CARD_CHECK, SiteRules(uid_cards=Outcome.REFUSE)),
    Case("what counts is that it can be copied, however it is called", read_by(Method.UID, PUPIL, Assurance.UNSTATED),
         known(GREEN), HOLD, ("uid_card", "green"), NONE, CARD_CHECK),
    # --- codes that are shown
    Case("a genuine code of a green person passes", shown(WANG.document), known(GREEN),
         PASS, ("green", "code_valid"), NONE, PLEASE_PASS),
    Case("a genuine code carries no colour of its own", shown(SUN.document), known(RED),
         REFUSE, ("red", "code_valid"), OFFICE, STOP),
    Case("a genuine code of a yellow person", shown(LI.document), known(YELLOW, Advice.TEST),
         HOLD, ("yellow", "code_valid"), Advice.TEST, STAFF_COME),
    Case("a genuine code of somebody without a colour", shown(ZHAO.document), known(None),
         HOLD, ("code_expired", "code_valid"), Advice.DECLARE, RENEW_CODE),
    Case("a genuine code of somebody whom this town does not know", shown(STRANGER.document), unknown(),
         HOLD, ("unknown", "code_valid"), Advice.APPLY, NOT_FOUND),
    Case("a genuine code at a gate without a directory", shown(WANG.document), NO_DIRECTORY,
         HOLD, ("no_directory", "code_valid"), NONE, STAFF_HELP),
    Case("a genuine code, by old knowledge", shown(WANG.document), known(GREEN, age=5 * HOURS),
         PASS, ("green", "knowledge_old", "code_valid"), NONE, PLEASE_PASS),
    Case("a code that nobody understands: any document will do", objected("code_not_understood"), None,
         HOLD, ("code_not_understood",), NONE, SHOW_DOCUMENT),
    Case("a code with a reason from a newer release", objected("code_of_next_year"), None,
         HOLD, ("code_not_understood",), NONE, SHOW_DOCUMENT),
    Case("an objection that passes opens no gate", objected("code_valid"), known(GREEN),
         HOLD, ("code_not_understood",), NONE, SHOW_DOCUMENT),
    Case("the very code that was shown here minutes ago", objected("code_shown_before", outcome=REFUSE), None,
         REFUSE, ("code_shown_before",), NONE, OPEN_ANEW),
    Case("a code beside the card of the same person", beside_a_code(WANG.document), known(GREEN),
         PASS, ("green", "code_valid"), NONE, PLEASE_PASS),
    Case("an expired card beside a genuine code: one proof is enough", beside_a_code(OVER), known(GREEN),
         PASS, ("green", "code_valid", "document_expired"), NONE, PLEASE_PASS),
    Case("a code that is not understood, beside a good card", objected("code_not_understood", document=WANG.document),
         known(GREEN), PASS, ("green", "code_not_understood"), NONE, PLEASE_PASS),
    Case("two proofs of a red code are still red", beside_a_code(SUN.document), known(RED),
         REFUSE, ("red", "code_valid"), OFFICE, STOP),
    # --- what the gate knows
    Case("a gate without a directory holds everybody", card(WANG.document), NO_DIRECTORY,
         HOLD, ("no_directory",), NONE, STAFF_HELP),
    Case("a gate that was given no status holds everybody", card(WANG.document), None,
         HOLD, ("no_directory",), NONE, STAFF_HELP),
    Case("no directory is not the same as unknown: visitors' rules do not open it", card(WANG.document), NO_DIRECTORY,
         HOLD, ("no_directory",), NONE, STAFF_HELP, MARKET),
    Case("knowledge of exactly one hour needs no notice", card(WANG.document), known(GREEN, age=HOURS),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("older knowledge is used, with a notice", card(WANG.document), known(GREEN, age=5 * HOURS),
         PASS, ("green", "knowledge_old"), NONE, PLEASE_PASS),
    Case("knowledge of exactly three days still passes", card(WANG.document), known(GREEN, age=72 * HOURS),
         PASS, ("green", "knowledge_old"), NONE, PLEASE_PASS),
    Case("knowledge beyond three days passes nobody", card(WANG.document), known(GREEN, age=73 * HOURS),
         HOLD, ("stale", "green"), NONE, TOO_OLD),
    Case("stale yellow speaks of the gate, not of the person",
         card(LI.document), known(YELLOW, Advice.TEST, age=73 * HOURS),
         HOLD, ("stale", "yellow"), NONE, TOO_OLD),
    Case("stale knowledge does not soften red", card(SUN.document), known(RED, age=900 * HOURS),
         REFUSE, ("red", "stale"), OFFICE, STOP),
    Case("old knowledge does not soften red", card(SUN.document), known(RED, age=5 * HOURS),
         REFUSE, ("red", "knowledge_old"), OFFICE, STOP),
    Case("stale and unknown: the gate cannot claim that nobody registered",
         card(STRANGER.document), unknown(73 * HOURS),
         HOLD, ("stale", "unknown"), NONE, TOO_OLD),
    Case("stale knowledge opens no gate to visitors", card(STRANGER.document), unknown(73 * HOURS),
         HOLD, ("stale", "unknown_allowed"), NONE, TOO_OLD, MARKET),
    Case("unknown by old knowledge", card(STRANGER.document), unknown(5 * HOURS),
         HOLD, ("unknown", "knowledge_old"), Advice.APPLY, NOT_FOUND),
    Case("a clock stepped back an hour changes nothing", card(WANG.document), known(GREEN, age=-HOURS),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("a clock stepped back a day gets a notice", card(WANG.document), known(GREEN, age=-24 * HOURS),
         PASS, ("green", "knowledge_old"), NONE, PLEASE_PASS),
    Case("a clock stepped back a year does not keep knowledge fresh",
         card(WANG.document), known(GREEN, age=-9000 * HOURS),
         HOLD, ("stale", "green"), NONE, TOO_OLD),
    # --- the document's dates
    Case("a card of yesterday is held, and it is the card that is spoken of", card(OVER), known(GREEN),
         HOLD, ("document_expired", "green"), RENEW, CARD_OVER),
    Case("on its last day a card is good", card(valid(WANG.document, None, TODAY)), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("on its first day a card is good", card(valid(WANG.document, TODAY, None)), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("a long-term card never ends", card(valid(WANG.document, date(2010, 1, 1), None)), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS),
    Case("a card of tomorrow is held", card(FUTURE), known(GREEN),
         HOLD, ("document_not_yet_valid", "green"), RENEW, CARD_CHECK),
    Case("half past midnight in Hangzhou is already the next day",
         card(valid(WANG.document, None, TODAY)), known(GREEN),
         HOLD, ("document_expired", "green", "knowledge_old"), RENEW, CARD_OVER, at=AFTER_MIDNIGHT),
    Case("elsewhere it is still the last day", card(valid(WANG.document, None, TODAY)), known(GREEN),
         PASS, ("green", "knowledge_old"), NONE, PLEASE_PASS, SiteRules(utc_offset_minutes=0), AFTER_MIDNIGHT),
    Case("an expired card of a stranger: registering settles both",
         card(valid(STRANGER.document, None, YESTERDAY)), unknown(),
         HOLD, ("unknown", "document_expired"), Advice.APPLY, NOT_FOUND),
    Case("an expired card with a yellow code: first the code", card(OVER), known(YELLOW, Advice.TEST),
         HOLD, ("yellow", "document_expired"), Advice.TEST, STAFF_COME),
    Case("an expired card with a red code: nobody is sent to renew it first", card(OVER), known(RED),
         REFUSE, ("red", "document_expired"), OFFICE, STOP),
    Case("an expired card, by old knowledge", card(OVER), known(GREEN, age=5 * HOURS),
         HOLD, ("document_expired", "green", "knowledge_old"), RENEW, CARD_OVER),
    Case("an expired card at a gate without a directory", card(OVER), NO_DIRECTORY,
         HOLD, ("no_directory", "document_expired"), NONE, STAFF_HELP),
    Case("an expired card and an expired code", card(OVER), known(None),
         HOLD, ("code_expired", "document_expired"), Advice.DECLARE, RENEW_CODE),
    # --- person, card and code
    Case("a face that fits passes, and the desk knows", card(WANG.document, Face.SAME), known(GREEN),
         PASS, ("green", "face_same"), NONE, PLEASE_PASS, LABORATORY),
    Case("a face that fits makes no colour better", card(SUN.document, Face.SAME), known(RED),
         REFUSE, ("red", "face_same"), OFFICE, STOP, LABORATORY),
    Case("another face is held", card(WANG.document, Face.MISMATCH), known(GREEN),
         HOLD, ("face_mismatch", "green"), NONE, FACE_CHECK, LABORATORY),
    Case("nobody is refused for another person's red", card(SUN.document, Face.MISMATCH), known(RED),
         HOLD, ("face_mismatch", "red"), NONE, FACE_CHECK, FERRY),
    Case("another face gets no advice that is meant for somebody else",
         card(LI.document, Face.MISMATCH), known(YELLOW, Advice.STAY_HOME),
         HOLD, ("face_mismatch", "yellow"), NONE, FACE_CHECK, LABORATORY),
    Case("another face, by stale knowledge, with an expired card",
         card(OVER, Face.MISMATCH), known(GREEN, age=99 * HOURS),
         HOLD, ("face_mismatch", "stale", "document_expired", "green"), NONE, FACE_CHECK, LABORATORY),
    Case("another face beside a code of the card's holder", beside_a_code(WANG.document, Face.MISMATCH), known(GREEN),
         HOLD, ("face_mismatch", "green", "code_valid"), NONE, FACE_CHECK, LABORATORY),
    Case("card, code and face of one person", beside_a_code(WANG.document, Face.SAME), known(GREEN),
         PASS, ("green", "face_same", "code_valid"), NONE, PLEASE_PASS, LABORATORY),
    Case("a face that fits renews no card", card(OVER, Face.SAME), known(GREEN),
         HOLD, ("document_expired", "green", "face_same"), RENEW, CARD_OVER, LABORATORY),
    Case("nobody before the camera", card(WANG.document, Face.NOT_SEEN), known(GREEN),
         HOLD, ("face_not_seen", "green"), NONE, LOOK_HERE, LABORATORY),
    Case("looking away is no way around it", card(WANG.document, Face.NOT_SEEN), known(GREEN),
         HOLD, ("face_not_seen", "green"), NONE, LOOK_HERE, FERRY),
    Case("several people before the camera are nobody else", card(WANG.document, Face.SEVERAL), known(GREEN),
         HOLD, ("face_several", "green"), NONE, LOOK_HERE, FERRY),
    Case("a face in the dark", card(WANG.document, Face.UNCLEAR), known(GREEN),
         HOLD, ("face_unclear", "green"), NONE, LOOK_HERE, LABORATORY),
    Case("neither the same nor another", card(WANG.document, Face.UNSURE), known(GREEN),
         HOLD, ("face_unsure", "green"), NONE, FACE_CHECK, FERRY),
    Case("who asks for the other way meets a guard, and no refusal", card(WANG.document, Face.DECLINED), known(GREEN),
         HOLD, ("face_declined", "green"), NONE, STAFF_HELP, FERRY),
    Case("the other way of a red code is still red", card(SUN.document, Face.DECLINED), known(RED),
         REFUSE, ("red", "face_declined"), OFFICE, STOP, LABORATORY),
    Case("a yellow code comes before the face", card(LI.document, Face.NOT_SEEN), known(YELLOW, Advice.TEST),
         HOLD, ("yellow", "face_not_seen"), Advice.TEST, STAFF_COME, LABORATORY),
    Case("a card without a portrait, where everybody is compared", card(WANG.document, Face.NO_PORTRAIT), known(GREEN),
         HOLD, ("face_no_portrait", "green"), NONE, FACE_CHECK, LABORATORY),
    Case("a card without a portrait, where it is compared if there is one",
         card(WANG.document, Face.NO_PORTRAIT), known(GREEN),
         PASS, ("green", "face_not_compared"), NONE, PLEASE_PASS, FERRY),
    Case("a code alone has no portrait", shown(WANG.document, Face.NO_PORTRAIT), known(GREEN),
         HOLD, ("face_no_portrait", "green", "code_valid"), NONE, FACE_CHECK, LABORATORY),
    Case("a code alone, where faces are compared if they can be", shown(WANG.document, Face.NO_PORTRAIT), known(GREEN),
         PASS, ("green", "face_not_compared", "code_valid"), NONE, PLEASE_PASS, FERRY),
    Case("a gate without a camera, where everybody is compared: the guard does it", card(WANG.document), known(GREEN),
         HOLD, ("face_off", "green"), NONE, STAFF_HELP, LABORATORY),
    Case("a gate without a camera, where it compares if it can", card(WANG.document), known(GREEN),
         PASS, ("green", "face_not_compared"), NONE, PLEASE_PASS, FERRY),
    Case("a stranger is a stranger before they are a face", card(STRANGER.document, Face.NOT_SEEN), unknown(),
         HOLD, ("unknown", "face_not_seen"), Advice.APPLY, NOT_FOUND, LABORATORY),
    # --- nothing could be read
    Case("a card that is pulled away", fault("card_removed_early"), None,
         HOLD, ("card_removed_early",), NONE, KEEP_STILL),
    Case("a card that cannot be read", fault("card_read_failed"), None,
         HOLD, ("document_unreadable",), NONE, LAY_AGAIN),
    Case("a torn block", fault("block_length"), None,
         HOLD, ("document_unreadable",), NONE, LAY_AGAIN),
    Case("a card of a kind that this reader does not know", fault("layout_unknown"), None,
         HOLD, ("card_not_supported",), NONE, CARD_OTHER),
    Case("a chip that asks for its page", fault("mrz_needed"), None,
         HOLD, ("mrz_needed",), NONE, STAFF_HELP),
    Case("a chip that was shown somebody else's page", fault("chip_access_denied"), None,
         HOLD, ("mrz_needed",), NONE, STAFF_HELP),
    Case("a chip whose data are not what its issuer signed is held, never refused", fault("chip_altered"), None,
         HOLD, ("chip_altered",), NONE, CARD_CHECK),
    Case("a card that contradicts itself is looked at, not laid down again", fault("number_birth_mismatch"), None,
         HOLD, ("document_inconsistent",), NONE, CARD_CHECK),
    Case("a wrong check digit on a card is looked at", fault("number_check"), None,
         HOLD, ("document_inconsistent",), NONE, CARD_CHECK),
    Case("a wrong check digit that was typed is a slip", fault("number_check", Method.TYPED), None,
         HOLD, ("number_invalid",), NONE, TYPE_AGAIN),
    Case("a reader that vanished", fault("reader_vanished"), None,
         HOLD, ("reader_fault",), NONE, READER_ILL),
    Case("a disturbed line", fault("reader_check_error"), None,
         HOLD, ("document_unreadable",), NONE, LAY_AGAIN),
    Case("a fault that nobody has heard of", fault("gremlins"), NO_DIRECTORY,
         HOLD, ("document_unreadable",), NONE, LAY_AGAIN),
    Case("nothing at all was presented", Presentation(Method.CARD), known(GREEN),
         HOLD, ("document_unreadable",), NONE, LAY_AGAIN),
    Case("a fault hides what is known of nobody",
         Presentation(Method.CARD, SUN.document, fault="card_read_failed"), known(RED),
         HOLD, ("document_unreadable",), NONE, LAY_AGAIN),
    Case("the gate itself failed", fault("gate_fault"), known(GREEN),
         HOLD, ("gate_fault",), NONE, STAFF_HELP),
    # --- other rules
    Case("a ward refuses yellow", card(LI.document), known(YELLOW),
         REFUSE, ("yellow_refused",), OFFICE, STOP, WARD),
    Case("a ward passes green", card(WANG.document), known(GREEN),
         PASS, ("green",), NONE, PLEASE_PASS, WARD),
    Case("a market lets yellow pass", card(LI.document), known(YELLOW, Advice.TEST),
         PASS, ("yellow_allowed",), Advice.TEST, PLEASE_PASS, MARKET),
    Case("a market lets strangers pass and tells them to register", card(STRANGER.document), unknown(),
         PASS, ("unknown_allowed",), Advice.APPLY, PLEASE_PASS, MARKET),
    Case("a market still refuses red", card(SUN.document), known(RED),
         REFUSE, ("red",), OFFICE, STOP, MARKET),
    Case("a market still holds an expired code", card(ZHAO.document), known(None),
         HOLD, ("code_expired",), Advice.DECLARE, RENEW_CODE, MARKET),
    Case("a market still holds an expired card", card(valid(STRANGER.document, None, YESTERDAY)), unknown(),
         HOLD, ("document_expired", "unknown_allowed"), RENEW, CARD_OVER, MARKET),
    Case("a way out lets red leave", card(SUN.document), known(RED, Advice.STAY_HOME),
         PASS, ("red_allowed",), Advice.STAY_HOME, PLEASE_PASS, WAY_OUT),
    Case("a gate may leave red to a person", card(SUN.document), known(RED),
         HOLD, ("red_held",), OFFICE, STAFF_COME, LENIENT),
    Case("a slip of the pen is not kinder to red than to yellow", card(SUN.document), known(RED),
         REFUSE, ("red",), OFFICE, STOP, SiteRules(yellow=Outcome.REFUSE, red=Outcome.PASS)),
    Case("no rule makes a machine refuse a stranger", card(STRANGER.document), unknown(),
         HOLD, ("unknown",), Advice.APPLY, NOT_FOUND, SiteRules(unknown=Outcome.REFUSE)),
    Case("a colour is not believed of somebody unknown", card(STRANGER.document), Status(Knowledge.UNKNOWN, NOON, RED),
         HOLD, ("unknown",), Advice.APPLY, NOT_FOUND),
    Case("a limit that is no number holds", card(WANG.document), known(GREEN),
         HOLD, ("stale", "green"), NONE, TOO_OLD, SiteRules(hold_after_hours=float("nan"))),
    # --- visitors with an invitation
    Case("the cleaning lady on her day, with her own green card",
         visiting(CLEANING, known(GREEN), own=card(WANG.document)),
         known(GREEN), PASS, ("visit_expected", "green"), NONE, PLEASE_PASS),
    Case("... or with her own code", visiting(CLEANING, known(GREEN), own=shown(WANG.document)),
         known(GREEN), PASS, ("visit_expected", "green", "code_valid"), NONE, PLEASE_PASS),
    Case("an invitation alone proves nobody", visiting(CLEANING, known(GREEN)), None,
         HOLD, ("visit_own_proof", "visit_expected"), NONE, STAFF_COME),
    Case("an invitation for Tuesdays on a Monday", visiting(TUESDAYS, known(GREEN), own=card(WANG.document)),
         known(GREEN), REFUSE, ("visit_other_time", "green"), NONE, STOP),
    Case("... needs no card to be told so", visiting(TUESDAYS, known(GREEN)), None,
         REFUSE, ("visit_other_time", "visit_own_proof"), NONE, STOP),
    Case("noon is no longer the morning", visiting(MORNINGS, known(GREEN), own=card(WANG.document)),
         known(GREEN), REFUSE, ("visit_other_time", "green"), NONE, STOP),
    Case("a quarter of an hour too early is early enough",
         visiting(AFTERNOONS, known(GREEN), own=card(WANG.document)),
         known(GREEN), PASS, ("visit_expected", "green"), NONE, PLEASE_PASS),
    Case("six hours are not", visiting(EVENINGS, known(GREEN), own=card(WANG.document)),
         known(GREEN), REFUSE, ("visit_other_time", "green"), NONE, STOP),
    Case("an invitation that is over", visiting(OVER_YESTERDAY, known(GREEN), own=card(WANG.document)),
         known(GREEN), REFUSE, ("visit_over", "green"), NONE, STOP),
    Case("an invitation that was taken back",
         visiting(TEA, known(GREEN), own=card(WANG.document), standing=Standing.ENDED),
         known(GREEN), REFUSE, ("visit_ended", "green"), NONE, STOP),
    Case("a host who must stay at home receives nobody", visiting(TEA, known(RED), own=card(WANG.document)),
         known(GREEN), REFUSE, ("visit_host_closed", "green"), NONE, STOP),
    Case("... whatever the colour", visiting(TEA, known(YELLOW, Advice.STAY_HOME), own=card(WANG.document)),
         known(GREEN), REFUSE, ("visit_host_closed", "green"), NONE, STOP),
    Case("... and old knowledge does not soften it",
         visiting(TEA, known(RED, age=900 * HOURS), own=card(WANG.document)),
         known(GREEN, age=900 * HOURS), REFUSE, ("visit_host_closed", "stale", "green"), NONE, STOP),
    Case("the centre has paused the invitations of a host",
         visiting(TEA, known(GREEN), own=card(WANG.document), standing=Standing.PAUSED),
         known(GREEN), REFUSE, ("visit_host_closed", "green"), NONE, STOP),
    Case("a yellow host is asked first", visiting(TEA, known(YELLOW), own=card(WANG.document)),
         known(GREEN), HOLD, ("visit_host_unclear", "green"), NONE, STAFF_COME),
    Case("so is a host without a valid code", visiting(TEA, known(None), own=card(WANG.document)),
         known(GREEN), HOLD, ("visit_host_unclear", "green"), NONE, STAFF_COME),
    Case("... or one whom nobody knows", visiting(TEA, unknown(), own=card(WANG.document)),
         known(GREEN), HOLD, ("visit_host_unclear", "green"), NONE, STAFF_COME),
    Case("a visitor with a red code is refused for that, whoever waits",
         visiting(TEA, known(GREEN), own=card(SUN.document)),
         known(RED), REFUSE, ("red", "visit_expected"), OFFICE, STOP),
    Case("a yellow visitor is held", visiting(TEA, known(GREEN), own=card(LI.document)),
         known(YELLOW, Advice.TEST), HOLD, ("yellow", "visit_expected"), Advice.TEST, STAFF_COME),
    Case("a ward refuses a yellow visitor", visiting(TEA, known(GREEN), own=card(LI.document)),
         known(YELLOW, Advice.TEST), REFUSE, ("yellow_refused", "visit_expected"), Advice.TEST, STOP, WARD),
    Case("a visitor from elsewhere is measured, asked and written down",
         visiting(TEA, known(GREEN), own=card(STRANGER.document)),
         unknown(), HOLD, ("visit_unproven", "visit_expected"), NONE, STAFF_HELP),
    Case("a market lets a visitor from elsewhere in", visiting(TEA, known(GREEN), own=card(STRANGER.document)),
         unknown(), PASS, ("visit_expected", "unknown_allowed"), NONE, PLEASE_PASS, MARKET),
    Case("an invitation for another gate", visiting(NEXT_DOOR, known(GREEN), own=card(WANG.document)),
         known(GREEN), HOLD, ("visit_other_gate", "green"), NONE, STAFF_HELP),
    Case("somebody is inside with this invitation already",
         visiting(TEA, known(GREEN), own=card(WANG.document), standing=Standing.INSIDE),
         known(GREEN), HOLD, ("visit_inside", "green"), NONE, STAFF_HELP),
    Case("a parcel is handed over at the desk", visiting(PARCEL, known(GREEN)), None,
         HOLD, ("visit_delivery",), NONE, STAFF_HELP),
    Case("... and not at all where the host receives nobody", visiting(PARCEL, known(RED)), None,
         REFUSE, ("visit_host_closed", "visit_own_proof"), NONE, STOP),
    Case("an expired card of a visitor", visiting(TEA, known(GREEN), own=card(OVER)), known(GREEN),
         HOLD, ("document_expired", "visit_expected", "green"), RENEW, CARD_OVER),
    Case("whoever is inside may leave, whatever has become of the invitation",
         visiting(OVER_YESTERDAY, known(RED), standing=Standing.ENDED, leaving=True), None,
         PASS, ("visit_leaving",), NONE, PLEASE_PASS),
    Case("... with the own card as well", visiting(OVER_YESTERDAY, known(RED), own=card(WANG.document), leaving=True),
         known(GREEN), PASS, ("visit_leaving", "green"), NONE, PLEASE_PASS),
)
# fmt: on
