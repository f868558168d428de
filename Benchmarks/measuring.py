"""What the benchmarks share: the server under measurement, wrk, and the name of the machine."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "benchmark"


class Server:
    """The program under measurement, on a port and a folder of its own."""

    def __init__(self, folder: str, database_url: str | None, more: Sequence[str] = ()):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        options = ["--port", self.url.rsplit(":", 1)[1], "--data-dir", folder, *more]
        if database_url:
            options += ["--database-url", database_url]
        environment = os.environ | {"RECOLLECT_ACCOUNT_SID": ACCOUNT, "RECOLLECT_AUTH_TOKEN": TOKEN}
        self.process = subprocess.Popen(
            [ROOT / ".build/release/recollect", "serve", *options], env=environment, stdout=subprocess.DEVNULL
        )
        self.authorization = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=1)
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the server did not start")

    def call(self, method: str, path: str, body: object = None) -> dict:
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": self.authorization, "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def store(server: Server) -> str:
    """Creates a store. Returns its id."""
    accepted = server.call("POST", "/v1/ControlPlane/Stores", {"displayName": f"benchmark-{time.time_ns()}"})
    operation = accepted["statusUrl"].removeprefix(server.url)
    return server.call("GET", operation)["result"]["id"]


def script(server: Server, method: str, bodies: list[str]) -> str:
    """A wrk script that sends the bodies in turn; %d in a body is the number of the request."""
    lines = [f'wrk.method = "{method}"', f'wrk.headers["Authorization"] = "{server.authorization}"']
    if bodies:
        listed = ", ".join(json.dumps(body) for body in bodies)
        lines += [
            'wrk.headers["Content-Type"] = "application/json"',
            f"local bodies = {{{listed}}}",
            "local count = 0",
            "function request()",
            "    count = count + 1",
            '    local body = bodies[count % #bodies + 1]:gsub("%%d", tostring(count))',
            "    return wrk.format(nil, nil, nil, body)",
            "end",
        ]
    return "\n".join(lines)


def measure(server: Server, path: str, lua: str, connections: int, seconds: int) -> tuple[str, str, str]:
    """Median, 99th percentile and requests a second, as wrk prints them."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(lua)
        file.flush()
        output = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", file.name, server.url + path],
            capture_output=True, text=True, check=True,
        ).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"{path}: {output}")
    found = {name: re.search(pattern, output) for name, pattern in
             {"p50": r"\n\s+50%\s+(\S+)", "p99": r"\n\s+99%\s+(\S+)", "rate": r"Requests/sec:\s+(\S+)"}.items()}
    return tuple(match[1] if match else "?" for match in found.values())


def machine() -> str:
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return f"{cpu[1] if cpu else 'unknown CPU'}, {os.cpu_count()} cores, {int(memory[1]) >> 20 if memory else '?'} GiB"
