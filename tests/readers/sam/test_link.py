"""Which line a port names."""

from __future__ import annotations

import asyncio

import pytest

from gatepass.readers.link import LinkLostError
from gatepass.readers.sam import SamReader
from gatepass.readers.sam.hid import HidLink
from gatepass.readers.sam.link import check_port, open_link
from gatepass.readers.sam.simulated_hid import HidSimulator
from gatepass.readers.sam.simulated_usb import UsbSimulator
from gatepass.readers.sam.simulator import SamSimulator
from gatepass.readers.sam.usb import UsbLink
from gatepass.readers.serial import SerialLink


async def _nobody(_read) -> None: ...


@pytest.mark.parametrize(
    ("simulator", "kind"), [(SamSimulator, SerialLink), (UsbSimulator, UsbLink), (HidSimulator, HidLink)]
)
def test_the_word_before_the_colon_chooses_the_line(simulator, kind):
    async def story():
        with simulator() as sam:
            link = await sam.open_link(sam.device)
            assert isinstance(link, kind)
            await link.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    "port",
    [
        "/dev/ttyUSB0",
        "COM3",
        "usb:0400:c35a",
        "usb:0400:C35A:A/B 7",
        "hid:/dev/hidraw0",
        "hid:10C4:0007",
        "/dev/usb:thing",
    ],
)
def test_what_names_a_line_is_taken_though_nothing_is_attached(port):
    check_port(port)
    assert SamReader(port, on_read=_nobody, on_state=lambda _: None).port == port


@pytest.mark.parametrize(
    "port",
    [
        "usb:",
        "usb:0400",
        "usb:0400:c35a:",
        "usb:400:c35a",
        "usb:0400:c35g",
        "usb:0400:c35a\n",
        "hid:",
        "hid:hidraw0",
        "hid:10c4",
    ],
)
def test_what_names_no_line_is_refused_before_the_gate_opens(port):
    with pytest.raises(ValueError, match=r"(usb|hid):VID:PID"):
        SamReader(port, on_read=_nobody, on_state=lambda _: None)


def test_a_line_that_is_not_there_is_lost_and_never_an_error(tmp_path):
    async def story():
        for port in (str(tmp_path / "tty"), f"hid:{tmp_path}/hidraw0", "usb:0400:c35a"):
            with pytest.raises(LinkLostError) as lost:
                await open_link(port)
            assert lost.value.detail in {"port_missing", "software_missing", "port_failed"}

    asyncio.run(story())
