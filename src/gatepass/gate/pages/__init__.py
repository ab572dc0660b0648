"""The two pages of a gate, rendered: the kiosk that a resident sees and the desk that the guard works at.

    render_kiosk(language) -> HTML      render_desk(language) -> HTML      STATIC: their css, js and svg

Both pages carry all five languages as one JSON block, so that a touch changes the language without a request and
without the agent. They have no inline script or style: serve them under `CONTENT_SECURITY_POLICY`.

The JSON block (`<script type="application/json" id="texts">`) is `policy.reasons.embeddable()` and beside it

    {"language": "zh-Hans",
     "languages": [{"code": "zh-Hans", "name": "简体中文"}, ...],
     "words": {"desk.lock": {"zh-Hans": .., ...}, ...},          from words.toml
     "state": {"offline": {"zh-Hans": .., ...}, ...}}            desk only, from gate/sentences.toml

The kiosk's block leaves out the guard's explanations.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from gatepass.gate.pages.texts import all_words, page_texts
from gatepass.languages import DEFAULT_LANGUAGE, LANGUAGES, OWN_NAME, Language
from gatepass.speech import calling

STATIC: Final[Path] = Path(__file__).parent / "static"
"""To be mounted at /static."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For both pages. Neither loads anything from elsewhere, and neither has an inline script or style."""
CALL_POLICY: Final = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""Of the page of a call: it lies in a frame of the other two."""
QUESTIONS_POLICY: Final = CALL_POLICY.replace("form-action 'none'", "form-action 'self'")
"""Of the page of questions: it lies in a frame too, and asks by plain forms."""
MEDIA: Final = "camera=(self), microphone=(self), geolocation=()"
"""Permissions-Policy of the page of a call, and of those two, without which a page in their frame has neither."""

_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Tables keep their order, in which a page offers them, and texts their script, so that people can read the source.
_TEMPLATES.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False}


_INTERPRETERS: Final = [
    {"code": code, "name": OWN_NAME[code], "title": calling.texts(code)["words"]["title"]} for code in LANGUAGES
]


@cache
def render_kiosk(language: Language = DEFAULT_LANGUAGE) -> str:
    """The resident's page. `language` is what it shows when nobody has chosen another one."""
    return _render("kiosk.html", page_texts(language, sections=("page", "kiosk", "check"), for_guard=False))


@cache
def render_desk(language: Language = DEFAULT_LANGUAGE) -> str:
    """The guard's page. `language` is the guard's own until another one is chosen on the page."""
    return _render(
        "desk.html",
        page_texts(language, sections=("page", "desk", "ask", "visitor", "report", "symptom"), for_guard=True),
    )


def render_call(language: Language, line: str, *, desk: bool) -> str:
    """The page of a call for an interpreter. `line` is the telephone number that is known here, or empty."""
    return _TEMPLATES.get_template("call.html").render(texts=calling.texts(language), line=line, desk=desk)


def render_questions(language: Language, facts: dict[str, Any]) -> str:
    """The page of questions. `facts`: what was found and foretold, of `gate.questions`."""
    say = {key: texts[language] for key, texts in all_words().items() if key.split(".")[0] in {"questions", "page"}}
    languages = [{"code": code, "name": OWN_NAME[code]} for code in LANGUAGES]
    return _TEMPLATES.get_template("questions.html").render(language=language, languages=languages, say=say, **facts)


def _render(template: str, texts: dict[str, Any]) -> str:
    language = texts["language"]
    words = {key: by_language[language] for key, by_language in texts["words"].items()}
    # `tojson` writes <, >, & and ' as \u escapes: the block cannot be closed from inside a text.
    return _TEMPLATES.get_template(template).render(
        language=language, texts=texts, words=words, interpreters=_INTERPRETERS
    )
