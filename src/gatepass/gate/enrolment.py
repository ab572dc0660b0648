"""From a one-time code to a device that the centre knows.

1. Refuse a folder that is enrolled already, or cannot be written: before the code is spent.
2. Make the key pair here. The private half never leaves the device.
3. Send code, public key and the signature over the code; receive names, rules, secrets and the root of trust.
4. Store it, device.json last.
"""

from __future__ import annotations

import ipaddress
import secrets
from urllib.parse import urlsplit

import httpx2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass import __version__
from gatepass.gate.clock import Clock
from gatepass.gate.device import Device, GateFolder, Site
from gatepass.gate.problems import EnrolmentError
from gatepass.wire.messages import EnrolReply, EnrolRequest, Problem

TIMEOUT_S = 15


def enrol(
    folder: GateFolder,
    centre: str,
    code: str,
    *,
    allow_http: bool = False,
    transport: httpx2.BaseTransport | None = None,
) -> Device:
    """Enrol `folder` at the centre. EnrolmentError or FolderError; on any of them the folder is as it was."""
    centre = _base_url(centre, allow_http=allow_http)
    folder.make()
    if folder.device_file.exists():
        raise EnrolmentError("already_enrolled", device=folder.device().device)
    key = Ed25519PrivateKey.generate()
    code = code.strip()
    request = EnrolRequest(
        code=code,
        public_key=key.public_key().public_bytes_raw(),
        proof=key.sign(code.encode()),
        software=__version__,
    )
    reply = _ask(centre, request, transport)
    device = Device(
        device=reply.device,
        gate=reply.gate,
        centre=centre,
        private_key=key.private_bytes_raw(),
        person_key_secret=reply.person_key_secret,
        sealing_key=reply.sealing_key,
        trust_root=reply.trust_root,
        journal_key=secrets.token_bytes(32),
        enrolled_at=Clock().now_ms(),
    )
    site = Site(gate_name=reply.gate_name, site_name=reply.site_name, direction=reply.direction, rules=reply.rules)
    folder.store_enrolment(device, site)
    return device


def _base_url(centre: str, *, allow_http: bool) -> str:
    parts = urlsplit(centre.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise EnrolmentError("centre_address")
    if parts.scheme == "http" and not allow_http and not _is_this_machine(parts.hostname):
        raise EnrolmentError("centre_not_encrypted")
    return centre.strip().rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ask(centre: str, request: EnrolRequest, transport: httpx2.BaseTransport | None) -> EnrolReply:
    with httpx2.Client(timeout=TIMEOUT_S, transport=transport, trust_env=False) as client:
        try:
            response = client.post(
                f"{centre}/gate/v1/enrol",
                content=msgspec.json.encode(request),
                headers={"content-type": "application/json", "accept": "application/json"},
            )
        except httpx2.HTTPError as error:
            raise EnrolmentError("centre_unreachable", centre=centre) from error
    try:
        if response.is_success:
            return _checked(msgspec.json.decode(response.content, type=EnrolReply))
        problem = msgspec.json.decode(response.content, type=Problem)
    except (msgspec.MsgspecError, ValueError) as error:
        raise EnrolmentError("centre_reply", centre=centre) from error
    if response.status_code >= 500 or response.status_code == 429:
        raise EnrolmentError("centre_unreachable", centre=centre)
    raise EnrolmentError("code_refused", centre_code=problem.code)


def _checked(reply: EnrolReply) -> EnrolReply:
    if len(reply.person_key_secret) != 32 or len(reply.sealing_key) != 32 or not reply.trust_root or not reply.device:
        raise ValueError("enrolment reply of the wrong shape")
    return reply
