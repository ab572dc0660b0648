"""A date is never broken: browsers break `2026-11-29` after a hyphen, wherever a narrow phone makes the line end.

    {% whole_dates %}…{% endwhole_dates %}    puts each date that is read there into <span class="date">

Most dates stand in sentences, of templates and of Python, in five languages. Here is the one place that sees them all.
"""

from __future__ import annotations

import re

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Tags with their attributes, and what is no flowing text, or whole already.
_NOT_TEXT = re.compile(r"(<(script|style|textarea|option|time)\b.*?</\2>|<!--.*?-->|<[^>]*>)", re.DOTALL)
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2})?"
_HOUR = r"[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}"
_DATE = re.compile(rf"(?<![0-9-])(?:{_DAY}|{_HOUR})(?![0-9-])")


class _WholeDates(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        return whole(self.nodelist.render(context))


@register.tag
def whole_dates(parser: Parser, _token: Token) -> template.Node:
    nodelist = parser.parse(("endwhole_dates",))
    parser.delete_first_token()
    return _WholeDates(nodelist)


def whole(html: str) -> SafeString:
    """`html` is rendered already; its dates are put into elements that do not break."""
    done, at = [], 0
    for tag in _NOT_TEXT.finditer(html):
        done += [_marked(html[at : tag.start()]), tag[0]]
        at = tag.end()
    return mark_safe("".join([*done, _marked(html[at:])]))  # noqa: S308 - Django has rendered and escaped it


def _marked(text: str) -> str:
    return _DATE.sub(r'<span class="date">\g<0></span>', text)
