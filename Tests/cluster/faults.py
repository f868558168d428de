"""What goes wrong between servers and their database, on demand: connections are cut, PostgreSQL is shot."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


class CuttingProxy:
    """A TCP proxy in front of PostgreSQL that can cut every connection through it."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.cuts = 0
        self._connections: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop
        ).result(timeout=10)
        self.port = server.sockets[0].getsockname()[1]
        self.url = urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{self.port}"))

    def cut(self) -> None:
        """Resets every connection, as a network that fails does."""
        self.cuts += 1
        self._loop.call_soon_threadsafe(self._abort_all)

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def _abort_all(self) -> None:
        for writer in list(self._connections):
            reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back_reader, back_writer = await asyncio.open_connection(*self.target)
        except OSError:
            reset(writer)
            return
        pair = {writer, back_writer}
        self._connections |= pair
        try:
            await asyncio.gather(pump(reader, back_writer), pump(back_reader, writer))
        finally:
            self._connections -= pair


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes on what comes, then that nothing comes any more."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with a reset rather than a farewell."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def shoot_postgres(engine: str) -> None:
    """Stops PostgreSQL, or the coordinator of Citus, as a crash does and starts it again: it recovers from its log."""
    data = os.environ[f"RECOLLECT_TEST_{engine.upper()}_DATA"]
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*owner, str(programs[-1]), "-D", data, "-m", "immediate", "-l", f"{data}/../log", "-w", "restart"],
        cwd="/",
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )
