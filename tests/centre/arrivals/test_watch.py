"""Who passes a gate of the community to which they come has arrived; elsewhere, or unknown to us, they have not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.arrivals.things import DUTCH, landing, passport, sent
from tests.centre.privacy.conftest import a_record, own_folders  # noqa: F401

from gatepass.centre.arrivals.models import Journey, Traveller
from gatepass.centre.arrivals.watch import GateWatch, look
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.access import key_of

pytestmark = pytest.mark.django_db


def test_a_passage_at_a_gate_of_the_community_is_the_arrival(town, applicant, own_folders) -> None:  # noqa: F811
    journey = sent(applicant(), town.estate, arrives=landing(0))
    Journey.objects.filter(pk=journey.pk).update(sent_at=timezone.now() - timedelta(hours=3))
    key = key_of(passport(DUTCH[2], "NLD"))
    passage_log().append([Batch(str(town.far_gate.pk), "dev-2", [a_record(1, key)])])
    assert look(timezone.now()) == 0, "a gate of another community"
    passage_log().append([Batch(str(town.east.pk), "dev-1", [a_record(1, b"other person 16.")])])
    assert look(timezone.now()) == 0, "somebody else"
    passage_log().append([Batch(str(town.east.pk), "dev-1", [a_record(2, key)])])
    watch = GateWatch()
    watch(timezone.now())
    traveller = Traveller.objects.get()
    assert (traveller.state, traveller.seen) == ("arrived", "gate")
    assert traveller.arrived_at < timezone.now() - timedelta(minutes=20)
    assert look(timezone.now()) == 0, "once"
    watch(timezone.now())
