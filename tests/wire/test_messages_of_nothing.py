"""A record or a reader that has nothing to say in a field must still be heard."""

from __future__ import annotations

import msgspec
import pytest

from gatepass.wire.messages import ReaderHealth, Record

NOTHING_READ = [1, b"i" * 16, 1_763_870_400_000, None, "in", "hold", ["document_unreadable"], "card", "", 0]


def test_a_record_of_which_nothing_could_be_read_is_accepted():
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(NOTHING_READ), type=Record).document == ""


def test_a_healthy_reader_has_no_detail():
    assert msgspec.convert({"family": "sam", "state": "ready", "detail": ""}, ReaderHealth).detail == ""


@pytest.mark.parametrize("word", ["Passport", "a b", "é", "1a", "x" * 41])
def test_what_is_not_a_code_is_still_refused(word):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([*NOTHING_READ[:8], word, 0], Record)
