"""How a message leaves the house. One sender per channel, chosen in the settings; the default writes to the terminal.

SendingError(detail, lasting)
    lasting     trying again cannot help: the address is refused, the account is wrong
"""

from __future__ import annotations

import json
import smtplib
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

import httpx2 as httpx

from gatepass.centre.configuration import Configuration
from gatepass.centre.sending.models import PUSH, Channel

TIMEOUT_S = 10.0


class SendingError(Exception):
    """`detail` is a word for the list of messages; it never holds an address or the text."""

    def __init__(self, detail: str, *, lasting: bool = False) -> None:
        super().__init__(detail)
        self.detail, self.lasting = detail, lasting


class Sender(Protocol):
    def send(self, address: str, subject: str, text: str) -> None:
        """Blocks until the message is accepted. Raises SendingError."""


class ConsoleSender:
    """For trying things out: the message stands in the terminal in which the centre runs, and in no log."""

    def send(self, address: str, subject: str, text: str) -> None:
        head = f"message to {address}" + (f": {subject}" if subject else "")
        sys.stdout.write(f"\n--- {head}\n{text}\n---\n")
        sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class SmtpSender:
    host: str
    port: int
    security: str
    """`tls`, `starttls` or `none`."""
    user: str
    password: str
    sender: str

    def send(self, address: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, address, subject
        message.set_content(text)
        try:
            kind = smtplib.SMTP_SSL if self.security == "tls" else smtplib.SMTP
            with kind(self.host, self.port, timeout=TIMEOUT_S) as server:
                if self.security == "starttls":
                    server.starttls()
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            lasting = all(500 <= code < 600 for code, _said in error.recipients.values())
            raise SendingError("address_refused", lasting=lasting) from None
        except smtplib.SMTPAuthenticationError:
            raise SendingError("account_refused") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise SendingError(f"smtp_{type(error).__name__}"[:60]) from None


@dataclass(frozen=True, slots=True)
class HttpSmsSender:
    """A gateway that takes one POST per message: JSON from a template in which {to} and {text} are filled in."""

    url: str
    token: str
    body: str

    def send(self, address: str, subject: str, text: str) -> None:  # noqa: ARG002 - a text message has no subject
        # Filled in as JSON strings: a quotation mark in the text stays inside its string.
        body = self.body.replace('"{to}"', json.dumps(address)).replace('"{text}"', json.dumps(text))
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        try:
            answer = httpx.post(self.url, content=body.encode(), headers=headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise SendingError(f"http_{type(error).__name__}"[:60]) from None
        if answer.is_success:
            return
        # 408 and 429 pass; every other 4xx says that this message will never be taken.
        lasting = 400 <= answer.status_code < 500 and answer.status_code not in {401, 403, 408, 429}
        raise SendingError(f"http_{answer.status_code}", lasting=lasting)


def sender_for(channel: Channel | str, configuration: Configuration) -> Sender:
    if channel == PUSH:
        from gatepass.centre.webpush.sender import PushSender  # it raises the errors of this module

        return PushSender()
    if channel == Channel.EMAIL and configuration.smtp_host:
        return SmtpSender(
            host=configuration.smtp_host,
            port=configuration.smtp_port,
            security=configuration.smtp_security,
            user=configuration.smtp_user,
            password=configuration.smtp_password.get_secret_value(),
            sender=configuration.mail_from or f"gatepass@{urlsplit(configuration.address).hostname}",
        )
    if channel == Channel.SMS and configuration.sms_url:
        return HttpSmsSender(configuration.sms_url, configuration.sms_token.get_secret_value(), configuration.sms_body)
    return ConsoleSender()
