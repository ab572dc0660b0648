"""Was the test on a paper taken in time? By the rules in force, in the calendar of the place of boarding."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from gatepass.centre.arrivals.models import Proof
from gatepass.centre.arrivals.rules import term
from gatepass.policy.journeys import Sampling, sampled_in_time


def sampling_of(proof: Proof) -> Sampling | None:
    """None where it is no test, or where the sample or the boarding is not known."""
    journey = proof.traveller.journey
    if proof.kind != Proof.Kind.TEST or proof.sample_at is None or journey.boarding_at is None:
        return None
    days = term(proof.uploaded_at).test_within_days
    zone = ZoneInfo(journey.boarding_zone or str(journey.zone))
    return sampled_in_time(proof.sample_at, journey.boarding_at, zone, days)
