"""The files of a chip, as their issuers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.zones import ALL

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import lds, tlv
from gatepass.readers.pcsc.specimens import SPECIMEN_FACE, data_group_1, data_group_2

JPEG_2000 = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"picture"


@pytest.mark.parametrize("written", ALL, ids=lambda zone: zone[:2] + str(len(zone)))
def test_a_zone_is_taken_from_data_group_1_whatever_its_form(written):
    zone = written.replace("\n", "")
    assert lds.zone(data_group_1(zone)) == zone


@pytest.mark.parametrize("picture", [SPECIMEN_FACE, JPEG_2000, b"\xff\x4f\xff\x51 stream"])
def test_a_face_is_taken_from_data_group_2_in_each_of_its_formats(picture):
    assert lds.face(data_group_2(picture)) == picture


def test_a_face_is_found_after_feature_points_and_before_what_follows_it():
    record = tlv.first(data_group_2(SPECIMEN_FACE)).children[0].children[1].children[1].value
    points = bytes(16)
    block = int.from_bytes(record[14:18], "big") + len(points)
    changed = record[:14] + block.to_bytes(4, "big") + b"\0\2" + record[20:34] + points + record[34:] + b"another"
    assert lds.face(group(tlv.build(0x5F2E, changed))) == SPECIMEN_FACE


def test_a_face_whose_lengths_lie_is_found_by_how_it_begins():
    assert lds.face(group(tlv.build(0x5F2E, b"FAC\x00010\x00" + bytes(7) + SPECIMEN_FACE))) == SPECIMEN_FACE
    assert lds.face(group(tlv.build(0x5F2E, SPECIMEN_FACE))) == SPECIMEN_FACE


def test_a_face_of_the_younger_standard_is_found_in_its_structure():
    # ISO/IEC 39794-5: an ASN.1 structure whose picture lies several levels down.
    image = tlv.build(0xA1, tlv.build(0xA0, tlv.build(0x80, b"\1"), tlv.build(0x81, JPEG_2000)))
    block = tlv.build(0x65, tlv.build(0xA0, tlv.build(0x80, b"\3")), tlv.build(0xA1, tlv.build(0x30, image)))
    assert lds.face(group(tlv.build(0x7F2E, tlv.build(0xA1, block)))) == JPEG_2000


def test_a_group_without_a_picture_has_no_face():
    assert lds.face(group(tlv.build(0x5F2E, b"FAC\x00010\x00" + bytes(60)))) is None
    assert lds.face(group(tlv.build(0x7F2E, tlv.build(0xA1, b"")))) is None


def test_the_longest_answer_is_what_the_chip_says_of_itself():
    sizes = tlv.build(2, b"\x01\x00"), tlv.build(2, b"\x08\x00")
    assert lds.longest_answer(tlv.build(0x43, b"\1") + tlv.build(0x7F66, *sizes)) == 2048
    assert lds.longest_answer(tlv.build(0x43, b"\1")) is None


@given(st.binary(max_size=400), st.sampled_from([b"", b"\x61", b"\x75\x82\x01\x00\x7f\x61", b"\x31", b"\x60\x10\x5c"]))
def test_whatever_the_bytes_only_the_promised_error_comes(octets, head):
    for read in (lds.zone, lds.face, lds.security_infos, lds.longest_answer):
        try:
            read(head + octets)
        except DocumentError as error:
            assert error.code == "chip_read_failed"  # noqa: PT017 - both outcomes are right


@given(st.integers(0, 600), st.integers(1, 255))
def test_a_damaged_group_gives_a_face_none_or_the_promised_error(at, change):
    octets = bytearray(data_group_2())
    octets[at % len(octets)] ^= change
    try:
        face = lds.face(bytes(octets))
    except DocumentError as error:
        assert error.code == "chip_read_failed"  # noqa: PT017 - both outcomes are right
    else:
        assert face is None or face.startswith((b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP"))


def group(block: bytes) -> bytes:
    return tlv.build(0x75, tlv.build(0x7F61, tlv.build(2, b"\1"), tlv.build(0x7F60, tlv.build(0xA1), block)))
