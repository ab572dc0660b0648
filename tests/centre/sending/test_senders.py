"""The senders against a real SMTP conversation and a real HTTP server on this machine."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gatepass.centre.configuration import Configuration
from gatepass.centre.sending.models import Channel
from gatepass.centre.sending.senders import ConsoleSender, HttpSmsSender, SendingError, SmtpSender, sender_for


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def post_office(refusal: str = "") -> tuple[socketserver.BaseServer, list[str]]:
    letters: list[str] = []

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            body: list[str] | None = None
            for raw in self.rfile:
                line = raw.decode().rstrip("\r\n")
                if body is not None:
                    if line == ".":
                        letters.append("\n".join(body))
                        body = None
                        self.say("250 taken")
                    else:
                        body.append(line)
                elif line.upper().startswith("RCPT") and refusal:
                    self.say(refusal)
                elif line.upper() == "DATA":
                    body = []
                    self.say("354 go on")
                elif line.upper() == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 yes")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    socketserver.ThreadingTCPServer.allow_reuse_address = True
    return socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation), letters


def smtp(port: int) -> SmtpSender:
    return SmtpSender("127.0.0.1", port, "none", "", "", "office@example.org")


def test_a_letter_arrives_with_its_subject_and_any_script() -> None:
    server, letters = post_office()
    with serving(server) as port:
        smtp(port).send("daughter@example.org", "验证码", "您的验证码是 123456")
    assert "To: daughter@example.org" in letters[0]
    assert "Subject: =?utf-8?" in letters[0]


@pytest.mark.parametrize(("said", "lasting"), [("550 nobody of that name", True), ("451 try later", False)])
def test_a_mailbox_that_is_refused_says_whether_for_good(said: str, lasting: bool) -> None:
    server, _letters = post_office(said)
    with serving(server) as port, pytest.raises(SendingError) as refused:
        smtp(port).send("nobody@example.org", "s", "t")
    assert refused.value.detail == "address_refused"
    assert refused.value.lasting is lasting


def test_a_post_office_that_is_closed_is_no_reason_to_give_up() -> None:
    server, _letters = post_office()
    with serving(server) as port:
        pass
    with pytest.raises(SendingError) as refused:
        smtp(port).send("daughter@example.org", "s", "t")
    assert not refused.value.lasting
    assert "example" not in refused.value.detail


def gateway(status: int) -> tuple[HTTPServer, list[tuple[str, dict[str, str]]]]:
    posts: list[tuple[str, dict[str, str]]] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            posts.append((self.headers.get("authorization", ""), body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    return HTTPServer(("127.0.0.1", 0), Gateway), posts


def test_a_text_message_is_posted_as_json_whatever_it_says() -> None:
    server, posts = gateway(200)
    with serving(server) as port:
        body = '{"to": "{to}", "text": "{text}", "from": "gate"}'
        HttpSmsSender(f"http://127.0.0.1:{port}/send", "secret", body).send("+8613800012345", "", '绿"码"\n{to}')
    assert posts == [("Bearer secret", {"to": "+8613800012345", "text": '绿"码"\n{to}', "from": "gate"})]


@pytest.mark.parametrize(("status", "lasting"), [(400, True), (401, False), (429, False), (503, False)])
def test_an_sms_gateway_that_refuses_says_whether_for_good(status: int, lasting: bool) -> None:
    server, _posts = gateway(status)
    with serving(server) as port, pytest.raises(SendingError) as refused:
        HttpSmsSender(f"http://127.0.0.1:{port}/", "", '{"to": "{to}", "text": "{text}"}').send("+861", "", "x")
    assert (refused.value.detail, refused.value.lasting) == (f"http_{status}", lasting)


def test_the_settings_choose_the_sender_and_the_terminal_is_the_default(tmp_path, capsys) -> None:
    plain = Configuration(dir=tmp_path)
    for channel in Channel:
        assert isinstance(sender_for(channel, plain), ConsoleSender)
    both = Configuration(dir=tmp_path, smtp_host="mail.example.org", sms_url="https://sms.example.org/")
    assert isinstance(sender_for(Channel.EMAIL, both), SmtpSender)
    assert isinstance(sender_for(Channel.SMS, both), HttpSmsSender)
    sender_for(Channel.SMS, plain).send("+8613800012345", "", "123456")
    assert "123456" in capsys.readouterr().out
