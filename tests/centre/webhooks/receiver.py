"""A receiver on this machine that does what it is told: takes, fails, is slow, lies, or sends elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RAW = {
    "lie": b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",  # a million bytes are promised and none comes
    "chatter": b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 10_000_000,
    "nonsense": b"\x00\xff nothing that HTTP knows\r\n\r\n",
    "hang up": b"",
}


class Receiver:
    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.says = "take"
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                says = receiver.says
                if says == "slow":  # one byte a moment: each read is quick, the whole never ends
                    for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
                        self.wfile.write(bytes([letter]))
                        time.sleep(0.05)
                elif says in RAW:
                    self.wfile.write(RAW[says])
                else:
                    self._answer(200 if says == "take" else int(says.partition(" ")[0]), says.partition(" ")[2])
                self.close_connection = True

            def _answer(self, status: int, header: str) -> None:
                self.send_response(status)
                if header:
                    self.send_header(*header.split("=", 1))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/town"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    try:
        yield made
    finally:
        made.close()
