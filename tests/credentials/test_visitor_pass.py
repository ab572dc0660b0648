"""An invitation as a QR code: genuine, another town's, forged, taken back; and never a health code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.credentials.town import DAY, NEIGHBOUR, NOON, SERIAL, TOWN, TRUST, WANG_KEY, invitation, paper

from gatepass.credentials import CredentialError, Format, base45, cbor, cose, judge, visitor_pass
from gatepass.credentials.verdicts import VisitorPass
from gatepass.directory import revocations
from gatepass.directory.revocations import Revocations
from gatepass.policy import Invited, Outcome, VisitKind

TEXT = invitation()


def visit_of(text: str) -> VisitorPass:
    visit = judge(text, trust=TRUST, at=NOON).visit
    assert visit is not None
    return visit


def test_what_was_signed_is_read_again_without_a_network_and_is_the_same_each_time() -> None:
    verdict = judge(TEXT, trust=TRUST, at=NOON)
    assert (verdict.outcome, verdict.reasons, verdict.format) == (Outcome.PASS, ("code_valid",), Format.VISITOR)
    visit = visit_of(TEXT)
    assert (visit.name, visit.to, visit.host, visit.serial, visit.visitor) == (
        "陈梅",
        "3-201 王*",
        WANG_KEY,
        SERIAL,
        None,
    )
    assert visit.invited.weekdays == {1, 4}
    assert visit.invited.minutes == (540, 720)
    assert visit.invited.kind is VisitKind.HELPER
    assert invitation() == TEXT
    assert "陈梅" not in repr(verdict)


def test_it_fits_into_a_code_that_a_camera_reads_from_a_phone() -> None:
    long = invitation(name="名" * 40, to="名" * 40, visitor=bytes(16))
    assert len(TEXT) < 330
    assert len(long) < visitor_pass.MAX_CHARACTERS
    assert visit_of(long).visitor == bytes(16)


def test_another_towns_is_unknown_a_changed_one_forged_and_one_taken_back_says_so() -> None:
    assert judge(invitation(key=NEIGHBOUR), trust=TRUST, at=NOON).reasons == ("code_issuer_unknown",)
    raw = bytearray(base45.decode(TEXT.removeprefix("GV1:")))
    raw[-1] ^= 1
    forged = judge("GV1:" + base45.encode(bytes(raw)), trust=TRUST, at=NOON)
    assert (forged.outcome, forged.reasons, forged.visit) == (Outcome.REFUSE, ("code_forged",), None)
    void = Revocations([revocations.as_serials([SERIAL])])
    ended = judge(TEXT, trust=TRUST, at=NOON, revocations=void)
    assert (ended.outcome, ended.reasons) == (Outcome.REFUSE, ("code_revoked",))
    assert ended.visit is not None
    assert judge(invitation(issued=NOON + DAY), trust=TRUST, at=NOON).reasons == ("code_not_yet_valid",)
    assert judge(invitation(issued=NOON - 400 * DAY), trust=TRUST, at=NOON).reasons == ("code_wrong_key",)


def test_a_paper_code_is_no_invitation_and_an_invitation_no_paper_code() -> None:
    assert judge(paper().replace("GP1:", "GV1:"), trust=TRUST, at=NOON).reasons == ("code_damaged",)
    assert judge(TEXT.replace("GV1:", "GP1:"), trust=TRUST, at=NOON).reasons == ("code_damaged",)
    assert judge("GV1:" + "A" * 1000, trust=TRUST, at=NOON).reasons == ("code_damaged",)


def test_times_that_make_no_sense_are_not_signed_and_not_read() -> None:
    good = visit_of(TEXT).invited
    wrong = (
        replace(good, ends=good.begins),
        replace(good, minutes=(720, 540)),
        replace(good, gates=frozenset(map(str, range(17)))),
    )
    for invited in wrong:
        with pytest.raises(CredentialError):
            invitation(invited=invited)
    with pytest.raises(CredentialError):
        invitation(name="名" * 41)
    claims = cbor.decode(cose.Sign1.decode(base45.decode(TEXT.removeprefix("GV1:"))).payload)
    assert isinstance(claims, dict)
    header: dict[cbor.Key, cbor.Value] = {cose.KEY_ID: TRUST.keys[0].key_id, visitor_pass.TYPE: visitor_pass.VISIT}
    for changed in ({**claims, 99: 1}, {**claims, visitor_pass.TIMES: [9, 0, 0, 1440]}, {**claims, 4: 1}):
        text = "GV1:" + base45.encode(cose.sign(header, cbor.encode(changed), TOWN))
        assert judge(text, trust=TRUST, at=NOON).reasons == ("code_damaged",)


def test_the_shape_of_an_invitation_for_the_whole_day_everywhere() -> None:
    open_house = Invited(VisitKind.GUEST, NOON, NOON + DAY, frozenset())
    visit = visit_of(invitation(invited=open_house))
    assert visit.invited == open_house
