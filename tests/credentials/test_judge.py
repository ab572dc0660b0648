"""What a shown code proves: the table of verdicts, and what must hold for any string whatever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.credentials.town import (
    DAY,
    HOUR,
    MINUTE,
    NEIGHBOUR,
    NEW_PHONE,
    NONCE,
    NOON,
    PHONE,
    SECOND,
    SERIAL,
    TOWN,
    TRUST,
    WANG_KEY,
    dynamic,
    grant,
    paper,
    public,
)

from gatepass.credentials import (
    REASON_CODES,
    CodeKind,
    Format,
    Purpose,
    TrustedKey,
    TrustList,
    base45,
    cbor,
    cose,
    judge,
    make,
)
from gatepass.credentials.health_code import EXPIRES, GRANT, ISSUED, PERSON, PREFIX
from gatepass.credentials.trust import key_id
from gatepass.languages import LANGUAGES
from gatepass.policy import Outcome
from gatepass.policy.reasons import REASONS


class Lost:
    """Revocations that know one serial."""

    def is_revoked(self, serial: bytes) -> bool:
        return serial == SERIAL


ONLY_GRANTS = TrustList([TrustedKey(public(TOWN), "town", frozenset({Purpose.GRANT}), NOON - 300 * DAY)])
ONLY_PAPER = TrustList([TrustedKey(public(TOWN), "town", frozenset({Purpose.PAPER}), NOON - 300 * DAY)])
RETIRED = TrustList([TrustedKey(public(TOWN), "town", frozenset(Purpose), NOON - 300 * DAY, NOON - DAY)])
BOTH = TrustList(
    [*TRUST.keys, TrustedKey(public(NEIGHBOUR), "next town", frozenset(Purpose), NOON - 300 * DAY)],
)


def signed_by_the_neighbour_in_our_name() -> str:
    claims = cbor.encode({EXPIRES: 2_000_000_000, ISSUED: 1_700_000_000, 7: SERIAL, PERSON: WANG_KEY})
    return PREFIX + base45.encode(cose.sign({cose.KEY_ID: key_id(public(TOWN))}, claims, NEIGHBOUR))


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    outcome: str
    reasons: tuple[str, ...]
    at: datetime = NOON
    trust: TrustList = TRUST
    lost: bool = False
    format: Format = Format.GATEPASS
    knows: bool = True
    """Whether the verdict says whose code it is: only where the signatures hold."""

    def __str__(self) -> str:
        return self.name


def not_ours(name: str, text: str, format_: Format = Format.UNKNOWN) -> Case:
    reason = "code_not_understood" if format_ is Format.UNKNOWN else "code_foreign_not_supported"
    return Case(name, text, "hold", (reason,), format=format_, knows=False)


# fmt: off
CASES = (
    # --- paper
    Case("paper of today", paper(), "pass", ("code_valid",)),
    Case("paper on its last second", paper(), "pass", ("code_valid",), NOON + 180 * DAY - SECOND),
    Case("paper a moment later", paper(), "hold", ("code_paper_expired",), NOON + 180 * DAY),
    Case("paper of a clock slightly ahead", paper(issued=NOON + 2 * MINUTE), "pass", ("code_valid",)),
    Case("paper of tomorrow", paper(issued=NOON + DAY), "hold", ("code_not_yet_valid",)),
    Case("lost paper", paper(), "refuse", ("code_revoked",), lost=True),
    Case("lost paper that is over as well", paper(), "refuse", ("code_revoked", "code_paper_expired"),
         NOON + 200 * DAY, lost=True),
    Case("another paper than the lost one", paper(serial=bytes(8)), "pass", ("code_valid",), lost=True),
    # --- dynamic
    Case("a code made this second", dynamic(), "pass", ("code_valid",)),
    Case("made five minutes ago", dynamic(made=NOON - 5 * MINUTE), "pass", ("code_valid",)),
    Case("made a second before that", dynamic(made=NOON - 5 * MINUTE - SECOND), "refuse", ("code_too_old",)),
    Case("made an hour ago", dynamic(made=NOON - HOUR), "refuse", ("code_too_old",)),
    Case("made more than an hour ago", dynamic(made=NOON - HOUR - SECOND), "refuse", ("code_screenshot",)),
    Case("a screenshot of yesterday", dynamic(made=NOON), "refuse", ("code_screenshot",), NOON + DAY),
    Case("a screenshot of last month", dynamic(made=NOON), "refuse", ("code_screenshot", "code_grant_expired"),
         NOON + 30 * DAY),
    Case("a phone two minutes ahead", dynamic(made=NOON + 2 * MINUTE), "pass", ("code_valid",)),
    Case("a phone further ahead", dynamic(made=NOON + 2 * MINUTE + SECOND), "hold", ("code_clock_ahead",)),
    Case("a phone in another century", dynamic(made=NOON + 9000 * DAY), "hold", ("code_clock_ahead",)),
    Case("a phone long offline", dynamic(made=NOON + 14 * DAY), "hold", ("code_grant_expired",), NOON + 14 * DAY),
    Case("a stolen phone", dynamic(), "refuse", ("code_revoked",), lost=True),
    Case("a phone whose own key is Ed25519",
         make.prove(NEW_PHONE, grant(phone=public(NEW_PHONE)), made=NOON), "pass", ("code_valid",)),
    # --- who signed
    Case("a town that nobody named", paper(key=NEIGHBOUR), "hold", ("code_issuer_unknown",), knows=False),
    Case("no trust list at all", paper(), "hold", ("code_issuer_unknown",), trust=TrustList(), knows=False),
    Case("a grant of a town that nobody named", dynamic(granted=grant(key=NEIGHBOUR)), "hold",
         ("code_issuer_unknown",), knows=False),
    Case("the next town, which is on the list", paper(key=NEIGHBOUR), "pass", ("code_valid",), trust=BOTH),
    Case("a town that signs in the name of another", signed_by_the_neighbour_in_our_name(), "refuse",
         ("code_forged",), trust=BOTH, knows=False),
    Case("a paper by a key for grants", paper(), "refuse", ("code_wrong_key",), trust=ONLY_GRANTS),
    Case("a grant by a key for papers", dynamic(), "refuse", ("code_wrong_key",), trust=ONLY_PAPER),
    Case("a paper issued after the key was retired", paper(), "refuse", ("code_wrong_key",), trust=RETIRED),
    Case("a paper issued before the key was retired", paper(issued=NOON - 2 * DAY), "pass", ("code_valid",),
         trust=RETIRED),
    Case("a proof by another phone than the granted one",
         make.prove(NEW_PHONE, grant(), made=NOON), "refuse", ("code_forged",), knows=False),
    # --- what is no code of ours
    not_ours("nothing", ""),
    not_ours("an address", "https://example.org/"),
    not_ours("our prefix in small letters", paper().lower()),
    not_ours("a space before it", " " + paper()),
    not_ours("the next version of our format", paper().replace("GP1:", "GP2:")),
    not_ours("a European certificate", "HC1:NCFOXN%TS3DH3ZSUZK+", Format.HCERT),
    not_ours("a SMART health card", "shc:/56762909", Format.SHC),
    not_ours("a SMART health link", "shlink:/eyJ1cmwiOiJodHRwcz", Format.SHLINK),
    not_ours("a link behind a viewer", "https://viewer.example.org/#shlink:/eyJ1cmwi", Format.SHLINK),
    not_ours("a visible digital seal", '{"data":{"hdr":{"t":"icao.vacc","v":1}}}', Format.VDS_NC),
    not_ours("an Indian certificate", "PK\x03\x04\x14", Format.DIVOC),
    Case("our prefix alone", "GP1:", "hold", ("code_damaged",), knows=False),
    Case("a newline after it", paper() + "\n", "hold", ("code_damaged",), knows=False),
    Case("half a code", paper()[:100], "hold", ("code_damaged",), knows=False),
    Case("twice the code", paper() + paper().removeprefix("GP1:"), "hold", ("code_damaged",), knows=False),
    Case("a grant shown as if it were a code", PREFIX + base45.encode(grant()), "hold", ("code_damaged",),
         knows=False),
    Case("a proof in a proof",
         make.prove(PHONE, base45.decode(dynamic().removeprefix(PREFIX)), made=NOON), "hold", ("code_damaged",),
         knows=False),
)
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_of_verdicts_holds(case: Case) -> None:
    verdict = judge(case.text, trust=case.trust, at=case.at, revocations=Lost() if case.lost else None)
    assert (verdict.outcome, verdict.reasons, verdict.format) == (case.outcome, case.reasons, case.format)
    assert (verdict.credential is not None) is case.knows


def test_every_reason_has_a_case_and_its_words_and_the_outcome_of_the_kiosk() -> None:
    assert {reason for case in CASES for reason in case.reasons} == REASON_CODES
    for case in CASES:
        assert REASONS[case.reasons[0]].outcome == case.outcome, "the first reason decides"
    for code in REASON_CODES:
        assert tuple(REASONS[code].texts) == LANGUAGES


def test_a_paper_says_whose_it_is_and_nothing_else() -> None:
    code = judge(paper(), trust=TRUST, at=NOON).credential
    assert code is not None
    assert (code.kind, code.person, code.serial) == (CodeKind.PAPER, WANG_KEY, SERIAL)
    assert (code.issued, code.expires) == (NOON, NOON + 180 * DAY)
    assert (code.issuer, code.key_id) == ("杭州市上城区", key_id(public(TOWN)))
    assert (code.made, code.proof) == (None, None)
    assert WANG_KEY.hex() not in repr(code)
    assert repr(WANG_KEY) not in repr(code)
    assert repr(SERIAL) not in repr(code)


def test_the_same_live_code_shown_twice_is_the_same_proof_and_the_next_one_is_another() -> None:
    first, again = (judge(dynamic(), trust=TRUST, at=NOON + wait).credential for wait in (SECOND, MINUTE))
    later = judge(dynamic(made=NOON + SECOND), trust=TRUST, at=NOON + MINUTE).credential
    other = judge(make.prove(PHONE, grant(), made=NOON), trust=TRUST, at=NOON).credential
    assert first
    assert again
    assert later
    assert other
    assert first.proof == again.proof
    assert first.made == NOON
    assert len({first.proof, later.proof, other.proof}) == 3


def test_a_second_signature_that_holds_as_well_is_still_the_same_proof() -> None:
    """Whoever sees an ECDSA signature (r, s) can write (r, n - s), which holds too. It must not be a fresh code."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    text = dynamic()
    sent = base45.decode(text.removeprefix(PREFIX))
    s = order - int.from_bytes(sent[-32:], "big")
    twin = PREFIX + base45.encode(sent[:-32] + s.to_bytes(32, "big"))
    one, two = (judge(each, trust=TRUST, at=NOON) for each in (text, twin))
    assert twin != text
    assert two.outcome is Outcome.PASS
    assert one.credential == two.credential


BOTH = pytest.mark.parametrize(
    "text", [pytest.param(paper(), id="paper"), pytest.param(dynamic(), id="dynamic", marks=pytest.mark.slow)]
)


@BOTH
def test_any_single_flipped_bit_of_the_bytes_never_passes(text: str) -> None:
    sent = base45.decode(text.removeprefix(PREFIX))
    for bit in range(len(sent) * 8):
        flipped = bytearray(sent)
        flipped[bit // 8] ^= 1 << bit % 8
        verdict = judge(PREFIX + base45.encode(bytes(flipped)), trust=TRUST, at=NOON)
        assert verdict.outcome is not Outcome.PASS, bit
        assert verdict.credential is None, bit


@BOTH
def test_any_single_flipped_bit_of_the_text_never_passes(text: str) -> None:
    for place, character in enumerate(text):
        for bit in range(8):
            flipped = text[:place] + chr(ord(character) ^ 1 << bit) + text[place + 1 :]
            assert judge(flipped, trust=TRUST, at=NOON).outcome is not Outcome.PASS, (place, bit)


def test_any_character_lost_doubled_or_swapped_never_passes() -> None:
    for text in (paper(), dynamic()):
        for place in range(len(text)):
            lost = text[:place] + text[place + 1 :]
            doubled = text[:place] + text[place] + text[place:]
            swapped = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
            for changed in {lost, doubled, swapped} - {text}:
                assert judge(changed, trust=TRUST, at=NOON).outcome is not Outcome.PASS


ANY_CHARACTER = st.characters(codec=None)  # surrogates and NULs too
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PREFIXES = st.sampled_from(["", "GP1:", "HC1:", "shc:/", "shlink:/", "https://x#shlink:/", '{"data":{"hdr":', "B64:"])
STRINGS = st.builds("".join, st.tuples(PREFIXES, st.text(ANY_CHARACTER, max_size=600) | st.text(BASE45, max_size=600)))
CLAIM_VALUES = st.one_of(
    st.integers(-(2**64), 2**64 - 1),
    st.binary(max_size=40),
    st.text(max_size=10),
    st.booleans(),
    st.none(),
    st.just(grant()),
    st.dictionaries(st.integers(-4, 8), st.integers(0, 9) | st.binary(min_size=32, max_size=32) | st.booleans()),
)


@given(STRINGS)
@example("GP1:" + "\ud800" * 300)
@example("\x00" * 4296)
@example("GP1:" + "0" * 508)
def test_no_string_raises_or_passes(text: str) -> None:
    verdict = judge(text, trust=TRUST, at=NOON, revocations=Lost())
    assert verdict.outcome is Outcome.HOLD
    assert verdict.credential is None


def test_ten_megabytes_are_not_looked_at() -> None:
    for text in ("A" * 10_000_000, "GP1:" + "A" * 10_000_000, "\ud800" * 10_000_000, "HC1:" * 2_500_000):
        assert judge(text, trust=TRUST, at=NOON).reasons == ("code_not_understood",)


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from([1, EXPIRES, 5, ISSUED, 7, 8, PERSON, GRANT, "x"]), CLAIM_VALUES, max_size=6),
    st.dictionaries(st.sampled_from([1, 3, cose.KEY_ID, 16]), CLAIM_VALUES | st.just(key_id(public(TOWN)))),
)
def test_whatever_the_town_itself_signs_is_judged(
    claims: dict[cbor.Key, cbor.Value], header: dict[cbor.Key, cbor.Value]
) -> None:
    """Even a signature that holds opens no way to an exception: claims are read before they are believed."""
    text = PREFIX + base45.encode(cose.sign(header, cbor.encode(claims), TOWN))
    judge(text, trust=TRUST, at=NOON, revocations=Lost())


@given(st.dictionaries(st.integers(-4, 4), CLAIM_VALUES, max_size=5))
def test_whatever_a_grant_says_of_the_phone_is_judged(key: dict[cbor.Key, cbor.Value]) -> None:
    claims = {EXPIRES: 2_000_000_000, ISSUED: 1_700_000_000, 7: SERIAL, 8: {1: key}, PERSON: WANG_KEY}
    granted = cose.sign({cose.KEY_ID: key_id(public(TOWN))}, cbor.encode(claims), TOWN)
    verdict = judge(make.prove(PHONE, granted, made=NOON, nonce=NONCE), trust=TRUST, at=NOON)
    assert verdict.outcome is not Outcome.PASS


def test_a_phone_key_that_is_no_point_of_the_curve_is_a_damaged_code() -> None:
    claims = {EXPIRES: 2_000_000_000, ISSUED: 1_700_000_000, 7: SERIAL, PERSON: WANG_KEY}
    claims[8] = {1: {1: 2, -1: 1, -2: b"\xff" * 32, -3: True}}
    granted = cose.sign({cose.KEY_ID: key_id(public(TOWN))}, cbor.encode(claims), TOWN)
    text = make.prove(PHONE, granted, made=NOON, nonce=NONCE)
    assert judge(text, trust=TRUST, at=NOON).reasons == ("code_damaged",)


@given(st.timedeltas(-400 * DAY, 400 * DAY))
def test_a_live_code_passes_in_its_minutes_and_at_no_other_time(away: timedelta) -> None:
    verdict = judge(dynamic(), trust=TRUST, at=NOON + away)
    assert (verdict.outcome is Outcome.PASS) is (-2 * MINUTE <= away <= 5 * MINUTE)
