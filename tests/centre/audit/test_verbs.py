from __future__ import annotations

import re
from pathlib import Path

import gatepass.centre
from gatepass.centre.audit.verbs import VERBS

_VERB = r"(?P<verb>\"[^\"]+\"(?: if \w+ else \"[^\"]+\")?)"
_CALL = re.compile(rf"\brecord\(\s*[^,()]+(?:\([^()]*\))?,\s*{_VERB}")
_LINE = re.compile(rf"\bline\(\s*{_VERB}")
"""Of `record_all`."""


def recorded() -> set[str]:
    found: set[str] = set()
    for path in Path(gatepass.centre.__file__).parent.rglob("*.py"):
        text = path.read_text()
        for match in (*_CALL.finditer(text), *_LINE.finditer(text)):
            found.update(re.findall(r'"([a-z_]+:[a-z_]+)"', match["verb"]))
    return found


def test_every_verb_that_is_recorded_has_words_and_no_words_are_left_over() -> None:
    assert recorded() == set(VERBS)
