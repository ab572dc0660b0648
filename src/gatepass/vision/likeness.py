"""One portrait and a few pictures of whoever stands there: the same person, another, or nobody can tell.

A yes may come with the first picture; a no needs three in a row of one and the same face. So a face that crosses the
picture, a blink or a bad frame makes nobody another, and who is who they say waits for one picture only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from gatepass.vision.faces import Sighting, Template

PICTURES: Final = 3
"""The mean of three halves the share of people who are not known again: 7.9 to 4.0 % of pictures made worse."""


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    """Between the thresholds; or the one in front is another, and the holder stands behind."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines between templates, of SFace: from `same` on one person, below `different` two, between them unsure.

    0.363 is the one that OpenCV's collection gives for these weights. Below it nobody is called another before 0.25:
    a margin of ours, for masks, age and poor light; it was not measured, because the weights may not be shipped.
    """

    same: float = 0.363
    different: float = 0.25

    def __post_init__(self) -> None:
        if not -1.0 <= self.different <= self.same <= 1.0:
            raise ValueError("different <= same, both cosines")


class Likeness:
    """Feed it sightings until it answers. `score` is the cosine by which it did, for the operator's measuring."""

    def __init__(self, portrait: Sighting, thresholds: Thresholds | None = None) -> None:
        self._portrait = portrait.template
        self._limits = thresholds or Thresholds()
        self._series: list[Template] = []
        self.score = 0.0

    def look(self, seen: Sighting, behind: Callable[[Sighting], Sequence[Template]] = lambda _: ()) -> Verdict | None:
        """The verdict, or None while another picture is needed. `behind` measures those who stand behind, if asked."""
        if self._series and self._fits(_mean(self._series), seen.template) < self._limits.different:
            self._series = []  # somebody else stepped in front
        self._series.append(seen.template)
        self.score = self._fits(self._portrait, _mean(self._series))
        if self.score >= self._limits.same:
            return Verdict.SAME
        if len(self._series) < PICTURES:
            return None
        each = [self._fits(self._portrait, template) for template in self._series]
        self._series = self._series[-(PICTURES - 1) :]
        if max(self.score, *each) >= self._limits.different:
            return Verdict.UNSURE
        holder_is_behind = any(self._fits(self._portrait, other) >= self._limits.same for other in behind(seen))
        return Verdict.UNSURE if holder_is_behind else Verdict.DIFFERENT

    @staticmethod
    def _fits(one: Template, other: Template) -> float:
        if one.shape != other.shape:
            return -1.0
        return float(np.clip(np.dot(one, other), -1.0, 1.0))


def _mean(templates: Sequence[Template]) -> Template:
    total = np.sum(templates, axis=0)
    length = float(np.linalg.norm(total))
    return total / length if length > 0 else templates[-1]
