"""Was a test taken within N days before boarding?

Days are calendar days at the place of boarding, whatever zone the laboratory writes: boarding is on day B, and a sample
of day B - N or later is in time, as long as it was taken before boarding. So "five days" is never cut short by hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Sampling:
    first: date
    """The first day on which a sample is in time."""
    boarding: date
    sampled: date
    """All three by the calendar of the place of boarding."""
    after_boarding: bool

    @property
    def days_before(self) -> int:
        """Negative where it was after."""
        return (self.boarding - self.sampled).days

    @property
    def in_time(self) -> bool:
        return not self.after_boarding and self.sampled >= self.first


def sampled_in_time(sampled_at: datetime, boarding_at: datetime, boarding_zone: ZoneInfo, days: int) -> Sampling:
    """Both moments are aware."""
    boarding = boarding_at.astimezone(boarding_zone).date()
    return Sampling(
        first=boarding - timedelta(days=days),
        boarding=boarding,
        sampled=sampled_at.astimezone(boarding_zone).date(),
        after_boarding=sampled_at > boarding_at,
    )
