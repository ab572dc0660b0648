"""Faults that were seen in other programs for these readers, each held off by a test; most live beside what they test:

whole replies compared with the published, all-zero ones        test_noise, test_a_found_card_with_and_without_…
a failure looked for anywhere in the hexadecimal of a reply     here
a stray byte in the preamble                                    test_frames, test_a_stray_or_lost_byte_…
the command for the module's number sent to ask for its state   here
9F, a card found, taken for a time-out                          here
a wait for 1,295 bytes, whatever the length says                test_frames, test_a_read_with_and_without_…
长期 read as a date; the type flag ignored; sex 0 as female;
ethnicities 57 to 59, or ten of them only                       identity/test_chip, identity/test_layouts
other framings taken for this one                               here
"""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.cast import WANG
from tests.identity.blocks import resident_block
from tests.readers.sam.test_noise import WHOLE, ScriptedLink, Told

from gatepass.readers.sam import Command, SamReader, StatusWord
from gatepass.readers.sam.frames import Frame, FrameParser, build
from gatepass.readers.sam.status import fault_of

WORDS_OF_FAILURE = b"".join(build(bytes((0, 0, word))) for word in StatusWord)
"""Every status word in a whole frame of its own: what a search in hexadecimal would find."""


def test_a_portrait_that_contains_every_failure_is_a_portrait(any_sam, open_gate):
    portrait = WORDS_OF_FAILURE.ljust(1024, b"\x41")
    assert len(portrait) == 1024

    async def story():
        async with open_gate(any_sam) as gate:
            any_sam.lay(resident_block(), portrait=portrait)
            document = await gate.next()
            assert (document.number, document.portrait) == (WANG.number, portrait)
            await gate.nothing()

    asyncio.run(story())


def test_a_reader_is_asked_for_its_state_with_the_command_for_its_state():
    asked: list[bytes] = []

    class Watched(ScriptedLink):
        def write(self, request: bytes) -> None:
            asked.append(request)
            super().write(request)

    asyncio.run(Told().listen_to(Watched(WHOLE, commands=6)))
    assert asked[0] == bytes.fromhex("AAAAAA9669000311FFED")
    assert Command.MODULE_NUMBER.request not in asked


def test_a_found_card_is_no_time_out_and_a_time_out_of_a_vendor_is_no_card():
    assert fault_of(StatusWord.NO_CARD).code == "card_removed_early"
    replies = WHOLE | {Command.FIND: bytes.fromhex("AAAAAA96690005050505")}
    assert asyncio.run(Told().listen_to(ScriptedLink(replies, commands=20))) == []
    assert [found.number for found in asyncio.run(Told().listen_to(ScriptedLink(WHOLE)))] == [WANG.number]


# Framings of other readers, and the head of a card in one of them: requests and replies of a protocol that is not ours.
OTHERS = {
    "02 length … 03": "020003CA0100CB03",
    "ASCII": "4426433030303430313031",
    "CA DF … E3": "CADF023500090007AAAAAA96690000E3",
    "EA EB EC ED": "EAEBECED050500B4",
}


@pytest.mark.parametrize("framing", OTHERS)
def test_another_framing_is_never_taken_for_a_reply(framing):
    octets = bytes.fromhex(OTHERS[framing])
    inside = b"\x00\x00\x90\x01\x00\x04\x00" + resident_block() + bytes(1024)
    for stream in (octets, octets + inside, octets + inside + octets):
        assert [found for found in FrameParser().feed(stream) if isinstance(found, Frame)] == []
        told = Told()
        replies = WHOLE | {Command.FIND: stream}
        assert asyncio.run(told.listen_to(ScriptedLink(replies, commands=20))) == []
        assert [state.detail for state in told.states if state.condition.value == "ill"] == ["reader_garbled"]


def test_the_published_other_framings_are_none_of_ours(request):
    vectors = request.path.parents[4] / "shared" / "vectors" / "readers" / "reader_vectors.json"
    if not vectors.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    for framing in json.loads(vectors.read_text())["alternative_framings"]:
        for octets in framing["requests"].values():
            found = FrameParser().feed(bytes.fromhex(octets))
            assert not [one for one in found if isinstance(one, Frame)], framing["name"]


def test_another_transport_is_a_link_and_nothing_else():
    """Readers with a framing of their own wrap these frames: whoever brings a `Link` for them changes nothing here."""
    told = Told()
    link = ScriptedLink(WHOLE, commands=6)

    async def open_link(port: str) -> ScriptedLink:
        return link

    async def story():
        reader = SamReader("mine:1", on_read=told.on_read, on_state=told.states.append, poll_s=0.0, open_link=open_link)
        running = asyncio.create_task(reader.run())
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())
    assert told.results[0].number == WANG.number
    assert link.closed
