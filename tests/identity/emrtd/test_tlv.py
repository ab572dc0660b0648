"""Tag, length, value: read as written, and never anything but what is promised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import tlv

TAGS = st.sampled_from([0x04, 0x30, 0x61, 0x87, 0x5F1F, 0x7F61, 0x5F8101])


@given(TAGS, st.binary(max_size=400))
def test_what_is_built_is_read_again(tag, value):
    item = tlv.first(tlv.build(tag, value) + b"\0\0\0")
    assert (item.tag, item.value, item.whole) == (tag, value, tlv.build(tag, value))
    assert tlv.length(item.whole[:8]) == len(item.whole)


@given(st.lists(st.tuples(TAGS, st.binary(max_size=20)), max_size=8))
def test_objects_in_a_row_are_read_in_their_order(items):
    row = b"".join(tlv.build(tag, value) for tag, value in items)
    assert [(item.tag, item.value) for item in tlv.parse(row)] == items


@given(st.binary(max_size=300))
def test_whatever_the_bytes_only_the_promised_error_comes(octets):
    for read in (tlv.parse, tlv.first, tlv.length, tlv.oid):
        try:
            read(octets)
        except DocumentError as error:
            assert error.code == "chip_read_failed"  # noqa: PT017 - both outcomes are right


@pytest.mark.parametrize(
    ("dotted", "value"),
    [
        ("2.23.136.1.1.1", "678108010101"),
        ("1.2.840.113549.1.7.2", "2a864886f70d010702"),
        ("0.4.0.127.0.7", "04007f0007"),
    ],
)
def test_names_are_written_and_read_as_published(dotted, value):
    assert tlv.oid_value(dotted).hex() == value
    assert tlv.oid(bytes.fromhex(value)) == dotted


@given(st.lists(st.integers(0, 1 << 40), max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_every_name_is_read_as_it_was_written(arcs, root, branch):
    dotted = ".".join(map(str, (root, branch, *arcs)))
    assert tlv.oid(tlv.oid_value(dotted)) == dotted


def test_indefinite_lengths_and_text_in_pieces_are_read_as_some_states_write_them():
    octets = bytes.fromhex("3080 2480 0402 6162 0401 63 0000 0201 05 0000") + b"next"
    sequence = tlv.first(octets)
    text, number = sequence.children
    assert (text.octets, number.value) == (b"abc", b"\5")
    assert sequence.whole == octets[:-4]


def test_nesting_without_end_is_refused_and_not_followed():
    with pytest.raises(DocumentError):
        tlv.first(b"\x30\x80" * 10_000)


def test_nothing_of_what_is_read_is_in_its_repr():
    assert "6162" not in repr(tlv.first(tlv.build(0x61, b"ab")))
    assert "ab" not in repr(tlv.first(tlv.build(0x61, b"ab")))
