"""A question that nobody has answered in its time is an alarm, until somebody has."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from gatepass.centre.alarms.late import LateRows
from gatepass.centre.questions.access import WAITING
from gatepass.centre.questions.models import Question
from gatepass.centre.sites.models import Site

KIND: Final = "question_late"


class LateQuestions(LateRows[Question]):
    kind = KIND
    noun = "question"

    def late(self, now: datetime) -> Any:
        return Question.objects.filter(state__in=WAITING, due_at__lte=now).select_related("site__community")

    def site_of(self, row: Question) -> Site:
        return row.site
