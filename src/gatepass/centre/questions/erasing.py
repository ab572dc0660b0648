from __future__ import annotations

from gatepass.centre.privacy.contract import Counts, Person, delete_where
from gatepass.centre.questions.models import Question


def erase(person: Person) -> Counts:
    """Questions of the person, and those of others in which they are named. Approved answers name nobody."""
    named = {
        one.pk
        for one in Question.objects.prefetch_related("moves").iterator(chunk_size=2000)
        if any(
            person.is_named_in(str(text))
            for text in (one.words, one.answer or "", *(move.note or "" for move in one.moves.all()))
        )
    }
    found = set(Question.objects.filter(person.rows_of(Question)).values_list("pk", flat=True))
    return delete_where(Question, found | named)
