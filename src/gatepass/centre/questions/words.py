"""What a question's pages say: suggestions and the given answer in the reader's language, and when a person looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gatepass.centre.notices.access import best_of, language_of, public_editions
from gatepass.centre.notices.models import Notice
from gatepass.centre.notices.prose import to_html
from gatepass.centre.questions.desk_hours import moment_words
from gatepass.centre.questions.models import Question
from gatepass.centre.sites.models import Site
from gatepass.languages import Language
from gatepass.wire.answers import Answer


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: int
    code: str
    """Of its public page, `/n/CODE/`."""
    language: Language
    """In which it is said."""
    question: str
    short: str


def suggestions(found: Iterable[Answer], language: str) -> list[Suggestion]:
    wanted = language_of(language)
    each = list(found)
    codes = dict(Notice.objects.filter(pk__in=[one.id for one in each]).values_list("pk", "code"))
    return [
        Suggestion(one.id, codes[one.id], said.language, said.question, said.short)
        for one in each
        if one.id in codes and (said := one.texts[wanted])
    ]


def given(question: Question, language: Language) -> tuple[Language, str, str, SafeString] | None:
    """Language, question, sentence and text of the approved answer that was given; None where it is not public."""
    if question.notice is None:
        return None
    edition = best_of(public_editions(question.notice), language.lower(), question.notice.language)
    if edition is None:
        return None
    return language_of(edition.language), edition.title, edition.short, to_html(edition.body)


def promise(looks: datetime | None, site: Site, now: datetime) -> str:
    """When somebody looks, in whole sentences: at night people want to know that it is not now."""
    if looks is None:
        return _("Somebody of the desk looks at it as soon as they can.")
    if looks <= now:
        return _("Somebody of the desk is there now.")
    return _("Nobody is at the desk now. Somebody looks at it on %(when)s.") % {"when": moment_words(looks, site)}
