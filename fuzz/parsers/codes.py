"""Shown codes, and the lists by which they are judged.

judge         no text but a whole, genuine one passes; nothing is known of a holder unless a signature holds
signed        the same for whatever claims the town itself might sign: only those of a health code pass
invitation    the same for the claims of a visitor's invitation
trust         a list of trusted keys is read as it would be written, or not at all
revoked       so is a list of revoked serials
"""

from __future__ import annotations

from typing import Final

from tests.credentials.town import DAY, MINUTE, NOON, SERIAL, TOWN, TRUST, dynamic, grant, invitation, paper, public

from fuzz.parsers.promises import ACCEPTED, Parser, as_octets, as_text, require
from gatepass.credentials import REASON_CODES, CredentialError, TrustList, base45, cbor, cose, judge, visitor_pass
from gatepass.credentials.health_code import PREFIX
from gatepass.credentials.trust import key_id
from gatepass.directory import DirectoryError, revocations
from gatepass.directory.revocations import Revocations
from gatepass.policy import Outcome
from gatepass.policy.reasons import REASONS

_FOREIGN: Final = (
    "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOO6+IDRGMOBT3C",
    "shc:/567629095243206034602924374044603122295953265460346029254077280433602870286471674522280928",
    "https://viewer.example.org/#shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnIn0",
    '{"data":{"hdr":{"t":"icao.vacc","v":1,"is":"UTO"},"msg":{}},"sig":{"alg":"ES256"}}',
)
_GOOD: Final = (paper(), paper(serial=bytes(8)), paper(issued=NOON - DAY), dynamic(), dynamic(made=NOON - MINUTE))
_PROOFS: Final = {
    code.proof for text in _GOOD if (code := judge(text, trust=TRUST, at=NOON).credential) is not None and code.proof
}
_INVITED: Final = (invitation(), invitation(serial=bytes(8)))
_SHOWN: Final = (*_GOOD, *_INVITED, dynamic(made=NOON - DAY), *_FOREIGN)
_VOID: Final = Revocations([revocations.as_serials([b"elsewhere"[:8]])])
_NEWER: Final = b'{"format":1,"keys":[],"of_a_later_release":[{"y":[]}]}'
_KNOWN: Final = key_id(public(TOWN))


def parse_shown(octets: bytes) -> str:
    text = as_text(octets)
    return _judged(text, may_pass=text in (*_GOOD, *_INVITED) or _signed_another_time(text))


def _signed_another_time(text: str) -> bool:
    """A phone's proof that was made here, with another signature: ECDSA makes another one each time, and a corpus that
    is kept holds those of runs before."""
    code = judge(text, trust=TRUST, at=NOON).credential
    return code is not None and code.proof in _PROOFS


def parse_signed(octets: bytes) -> str:
    """The bytes are the claims, and the town signs them, right or wrong; then the text is whole and genuine."""
    text = PREFIX + base45.encode(cose.sign({cose.KEY_ID: _KNOWN}, octets, TOWN))
    return _judged(text, may_pass=True)


def parse_invitation(octets: bytes) -> str:
    """The claims of an invitation, signed right or wrong by the town."""
    header: dict[cbor.Key, cbor.Value] = {cose.KEY_ID: _KNOWN, visitor_pass.TYPE: visitor_pass.VISIT}
    text = visitor_pass.PREFIX + base45.encode(cose.sign(header, octets, TOWN))
    verdict = judge(text, trust=TRUST, at=NOON, revocations=_VOID)
    require(set(verdict.reasons) <= REASON_CODES and verdict.credential is None, "an invitation that names a holder")
    visit = verdict.visit
    require(
        (visit is not None) == (verdict.reasons[0] in {"code_valid", "code_revoked"}), "facts of what is not genuine"
    )
    if visit is not None:
        require((len(visit.host), len(visit.serial)) == (16, 8), "a host or serial of another length")
        require(visit.invited.begins < visit.invited.ends, "it ends before it begins")
        require(visit.name not in repr(visit) or not visit.name, "a name in a repr")
    return ACCEPTED if verdict.outcome is Outcome.PASS else verdict.reasons[0]


def _judged(text: str, *, may_pass: bool) -> str:
    verdict = judge(text, trust=TRUST, at=NOON, revocations=_VOID)
    require(bool(verdict.reasons) and set(verdict.reasons) <= REASON_CODES, "a reason that no list has")
    require(verdict.visit is None or text in _INVITED, "an invitation that nobody made")
    require(REASONS[verdict.reasons[0]].outcome is verdict.outcome, "the first reason does not decide")
    code = verdict.credential
    require(code is None or text.startswith(PREFIX), "a holder from a text that is no health code")
    if code is not None:
        require((len(code.person), len(code.serial)) == (16, 8), "a person or serial of another length")
        require(code.issued < code.expires, "a code that ends before it begins")
        require(repr(code.person) not in repr(code), "a person in a repr")
    if verdict.outcome is Outcome.PASS:
        require(may_pass, "what nobody made passes")
        return ACCEPTED
    return verdict.reasons[0]


def parse_trust(octets: bytes) -> str:
    try:
        read = TrustList.decode(octets)
    except CredentialError as error:
        require(error.code == "trust_list", f"unlisted code {error.code}")
        return error.code
    again = TrustList.decode(read.encode())
    require(again.keys == read.keys, "a list that is written otherwise than it was read")
    return ACCEPTED


def parse_revoked(octets: bytes) -> str:
    try:
        read = revocations.decode(octets)
    except DirectoryError as error:
        require(error.code in {"not_revocations", "unsupported_format", "torn", "malformed"}, f"unlisted {error.code}")
        return error.code
    require(revocations.encode(read) == octets, "two forms of one list")
    return ACCEPTED


def _claims() -> list[bytes]:
    signed = [base45.decode(paper().removeprefix(PREFIX)), grant()]
    return [cose.Sign1.decode(each).payload for each in signed] + [cbor.encode({7: SERIAL}), cbor.encode([1, {2: 3}])]


def _invitations() -> list[bytes]:
    return [cose.Sign1.decode(base45.decode(text.removeprefix(visitor_pass.PREFIX))).payload for text in _INVITED]


PARSERS: Final = (
    # The good ones twice: beside so many that are refused, too few would be left whole.
    Parser("judge", lambda: [as_octets(text) for text in (*_GOOD, *_SHOWN)], parse_shown, longest=5000),
    Parser("signed", _claims, parse_signed, longest=400),
    Parser("invitation", _invitations, parse_invitation, longest=500),
    Parser("trust", lambda: [TRUST.encode(), TrustList().encode(), _NEWER], parse_trust, longest=2000),
    Parser(
        "revoked",
        lambda: [revocations.encode(revocations.as_serials([SERIAL, bytes(8)])), revocations.encode(revocations.NONE)],
        parse_revoked,
        longest=400,
    ),
)
