"""Travellers of the tests: a Dutch engineer, a Japanese family of four; and registrations that are ready to be sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals import actions, proofs
from gatepass.centre.arrivals.models import Journey, Proof, Stay, Traveller
from gatepass.centre.employers.models import Company
from gatepass.centre.mandates.models import Consent
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site
from gatepass.centre.surveys.actions import open_survey
from gatepass.identity import Document, DocumentKind, Holder

SHANGHAI, AMSTERDAM = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam")
JPEG = b"\xff\xd8\xff not opened here"

DUTCH = ("Willem de Vries", "DE VRIES, WILLEM", "NPR8K4L21", "NLD", "1984-05-17", "en")
FAMILY = (
    ("佐藤 健一", "SATO, KENICHI", "TK1234561", "JPN", "1982-03-04", "ja"),
    ("佐藤 由美", "SATO, YUMI", "TK1234562", "JPN", "1984-11-20", "ja"),
    ("佐藤 蓮", "SATO, REN", "TK1234563", "JPN", "2014-06-01", "ja"),
    ("佐藤 葵", "SATO, AOI", "TK1234564", "JPN", "2017-09-12", "ja"),
)


def passport(number: str, state: str) -> Document:
    return Document(DocumentKind.PASSPORT, state, number, Holder())


def add_traveller(by: Any, journey: Journey, who: tuple[str, ...] = DUTCH, relation: str = "self") -> Traveller:
    name, latin, number, state, birth, language = who
    facts = {
        "full_name": name, "latin_name": latin, "birth": birth, "sex": "unknown", "nationality": state,
        "language": language, "valid_until": date(2031, 1, 1), "relation": relation,
    }  # fmt: skip
    return actions.set_traveller(by, journey, facts, passport(number, state))


def add_stay(by: Any, journey: Journey, first: date, last: date, **facts: Any) -> Stay:
    told = {
        "country": "NLD", "city": "Utrecht", "zone": "Europe/Amsterdam", "first": first, "last": last, **facts,
    }  # fmt: skip
    people = [one.pk for one in journey.travellers.all()]
    return actions.set_stay(by, journey, told, people)


def landing(days: int = 1, hour: int = 10) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def ready(
    by: User | Applicant, site: Site, who: Any = (DUTCH,), *, arrives: datetime | None = None, **way: Any
) -> Journey:
    """A draft that lacks nothing: one stay of all days before the arrival."""
    manner = Journey.Manner.SELF if len(who) == 1 else Journey.Manner.COMPANION
    consent = "" if len(who) == 1 else Consent.TOLD_APPLICANT
    if isinstance(by, User):
        manner, consent = Journey.Manner.SOCIAL_WORKER, Consent.TOLD_STAFF
    journey = actions.begin(by, manner, consent=consent)
    for place, one in enumerate(who):
        own = "social_worker" if isinstance(by, User) else "self" if place == 0 else "parent"
        add_traveller(by, journey, one, own)
    arrives = arrives or landing()
    day = arrives.astimezone(SHANGHAI).date()
    actions.set_way(by, journey, {"arrives_at": arrives, "site": site, **way})
    add_stay(by, journey, day - timedelta(days=20), day)
    journey.refresh_from_db()
    return journey


def sent(by: User | Applicant, site: Site, who: Any = (DUTCH,), **more: Any) -> Journey:
    journey = ready(by, site, who, **more)
    actions.send(by, journey)
    return journey


def add_paper(by: Any, journey: Journey, **facts: Any) -> Proof:
    told = {"kind": "test", "content": JPEG, "media_type": "image/jpeg", "size": len(JPEG), **facts}
    traveller = journey.travellers.order_by("id").first()
    assert traveller is not None
    return proofs.add_proof(by, journey, traveller.pk, told)


def things_of_arrivals(town: Any, by: User) -> dict[str, tuple[dict, dict]]:
    sides = []
    for site in (town.estate, town.far_site):
        number = "NPR8K4L2" + str(len(sides))
        journey = sent(by, site, ((DUTCH[0], DUTCH[1], number, *DUTCH[3:]),))
        paper = add_paper(by, journey)
        traveller, stay = journey.travellers.get(), journey.stays.get()
        # Whoever fills it in reaches it wherever it goes: what is tested is everybody else.
        company = Company.objects.filter(name=("Near", "Far")[len(sides)]).first()
        Journey.objects.filter(pk=journey.pk).update(staff=None, company=company)
        one = {"journey": journey.pk}
        sides.append(
            {
                "journey": one,
                "traveller": {**one, "traveller": traveller.pk},
                "stay": {**one, "stay": stay.pk},
                "proof": {**one, "proof": paper.pk},
            }
        )
    for place, community in enumerate((town.community, town.far_community)):
        # A company of the community, so that its grid worker reaches it as well.
        company = Company.objects.filter(community=community).first()
        survey = open_survey(by, company or community, timezone.localdate())
        reply = survey.replies.first()
        sides[place]["survey"] = {"survey": survey.pk}
        sides[place]["reply"] = {"survey": survey.pk, "reply": reply.pk if reply else 0}
    things = {kind: (sides[0][kind], sides[1][kind]) for kind in sides[0]}
    # On the phone nobody belongs to a community.
    mine = {f"my_{kind}": (sides[0][kind], {}) for kind in sides[0]}
    return things | mine | {"my_survey": ({"resident": Resident.objects.earliest("pk").pk, **sides[0]["survey"]}, {})}


_OF_A_JOURNEY = ("", "_person_new", "_stay_new", "_way", "_where", "_proof_new")
KINDS = {
    "arrival_acknowledge": "journey",
    **dict.fromkeys((f"arrival{step}" for step in _OF_A_JOURNEY), "journey"),
    **dict.fromkeys((f"my_arrival{step}" for step in _OF_A_JOURNEY), "my_journey"),
    **dict.fromkeys(("arrival_here", "arrival_person"), "traveller"),
    **dict.fromkeys(("proof_check", "proof_file"), "proof"),
    "arrival_stay": "stay",
    **dict.fromkeys(("survey", "survey_remind", "survey_close", "survey_export"), "survey"),
    "survey_answer": "reply",
    "my_survey": "my_survey",
    "my_arrival_person": "my_traveller",
    "my_arrival_stay": "my_stay",
}
