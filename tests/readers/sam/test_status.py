from __future__ import annotations

import json
from pathlib import Path

import pytest

from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers.sam.status import FAULTS, StatusWord, fault_of

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "readers" / "reader_vectors.json"


def test_every_status_word_that_is_not_a_success_has_a_fault():
    assert set(FAULTS) == set(StatusWord) - {StatusWord.DONE, StatusWord.FOUND}


def test_any_byte_at_all_has_a_listed_code():
    assert {fault_of(octet).code for octet in range(256)} <= DOCUMENT_ERROR_CODES


def test_the_published_status_words_are_all_known():
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    published = {int(word["sw3"], 16) for word in json.loads(VECTORS.read_text())["status_words"]}
    assert published == {int(word) for word in StatusWord}
