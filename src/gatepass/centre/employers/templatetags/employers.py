from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from gatepass.centre.employers.models import Answer, Colleague

register = template.Library()


@register.simple_tag
def month_answers(people: Iterable[Colleague], answers: Sequence[tuple[str, str]]) -> SafeString:
    """Everybody with the answers to choose among, the first look's one marked. In one pass: a plant has thousands."""
    words = [(value, escape(label)) for value, label in answers]
    lines = []
    for one in people:
        about = escape(f"{one.nationality} {one.department}")
        boxes = "".join(_box(f"said-{one.pk}", value, word) for value, word in words)
        legend = f'<legend>{escape(one.full_name)} <span class="soft">{about}</span></legend>'
        lines.append(f'<fieldset class="answers">{legend}{boxes}</fieldset>')
    # Every word above is escaped, everything else a number or a constant.
    return mark_safe("".join(lines))  # noqa: S308


def _box(name: str, value: str, word: str) -> str:
    checked = " checked" if value == Answer.Said.HERE else ""
    box = f'<input type="radio" id="{name}-{value}" name="{name}" value="{value}"{checked}>'
    return f'<label for="{name}-{value}">{box} {word}</label> '
