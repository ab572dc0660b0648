from __future__ import annotations

import re
from pathlib import Path

import gatepass.centre
from gatepass.centre.audit.verbs import VERBS

_CALL = re.compile(r"\brecord\(\s*[^,()]+(?:\([^()]*\))?,\s*(?P<verb>\"[^\"]+\"(?: if \w+ else \"[^\"]+\")?)")


def recorded() -> set[str]:
    found: set[str] = set()
    for path in Path(gatepass.centre.__file__).parent.rglob("*.py"):
        for match in _CALL.finditer(path.read_text()):
            found.update(re.findall(r'"([a-z_]+:[a-z_]+)"', match["verb"]))
    return found


def test_every_verb_that_is_recorded_has_words_and_no_words_are_left_over() -> None:
    assert recorded() == set(VERBS)
