"""A small HTTP balancer that asks each server's health and spreads requests over those that are ready.

It never repeats a request: one that a server fails is a 502, so that a test sees it.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHECK_SECONDS = 0.1


class Balancer:
    """Listens on a port of its own until it is closed."""

    def __init__(self, ports: list[int]):
        self.ready: dict[int, bool] = dict.fromkeys(ports, False)
        self.served: dict[int, int] = dict.fromkeys(ports, 0)
        self._turn = itertools.count()
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"balancer": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        for work in (self._server.serve_forever, self._check):
            threading.Thread(target=work, daemon=True).start()

    def next_port(self) -> int | None:
        """The server whose turn it is, of those that are ready."""
        ports = [port for port, is_ready in self.ready.items() if is_ready]
        return ports[next(self._turn) % len(ports)] if ports else None

    def wait_for(self, port: int, is_ready: bool, seconds: float = 30) -> None:
        give_up = time.monotonic() + seconds
        while self.ready[port] != is_ready:
            assert time.monotonic() < give_up, f"server {port} does not become {'ready' if is_ready else 'unready'}"
            time.sleep(0.02)

    def close(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def _check(self) -> None:
        while not self._stopping.wait(CHECK_SECONDS):
            for port in self.ready:
                self.ready[port] = is_healthy(port)


def is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    """Passes one client's requests on, over connections that stay open as long as their server likes."""

    balancer: Balancer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connections: dict[int, http.client.HTTPConnection] = {}

    def finish(self) -> None:
        for connection in self.connections.values():
            connection.close()
        super().finish()

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        port = self.balancer.next_port()
        for gone in [known for known in self.connections if not self.balancer.ready[known]]:
            self.connections.pop(gone).close()
        try:
            if port is None:
                raise OSError("no server is ready")
            status, headers, content = self.ask(port, body)
            self.balancer.served[port] += 1
        except (OSError, http.client.HTTPException) as error:
            status, headers, content = 502, [], f"{port}: {error!r}".encode()
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = pass_on

    def ask(self, port: int, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if port not in self.connections:
            self.connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection = self.connections[port]
        try:
            connection.request(self.command, self.path, body=body or None, headers=dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            self.connections.pop(port).close()
            raise
        if answer.will_close:
            self.connections.pop(port).close()
        return answer.status, answer.getheaders(), content

    def log_message(self, *arguments) -> None:
        """Says nothing: the tests count."""
