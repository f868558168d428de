"""Starting, configuring and ending the program."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

from conftest import API
from server import ACCOUNT, TOKEN, Server, engines


@pytest.mark.parametrize("engine", engines())
def test_sigterm_finishes_the_request_under_way(engine, tmp_path):
    server = Server(engine, tmp_path)
    server.start()
    body = b'{"displayName": "last"}'
    pair = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    head = (
        f"POST /v1/ControlPlane/Stores HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {pair}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode() + body[:5])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(body[5:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 202")
    assert server.process.wait(timeout=20) == 0


def test_a_second_start_finds_what_the_first_left(tmp_path):
    server = Server("sqlite", tmp_path)
    server.start()
    store = API(server).store("kept")
    server.stop()
    server.start()
    assert API(server).request("GET", "/v1/ControlPlane/Stores").json()["stores"] == [store]
    server.stop()


def test_deleting_a_store_leaves_no_row_behind(tmp_path):
    server = Server("sqlite", tmp_path)
    server.start()
    api = API(server)
    store = api.store("gone")
    for number in range(3):
        place = f"/v1/Stores/{store}/Profiles/{api.profile(store, f'+1317555010{number}')}"
        draft = {"content": "x", "source": "s", "occurredAt": "2026-11-20T19:47:09Z"}
        api.request("POST", f"{place}/Observations", json={"observations": [draft] * 10})
    operation = api.request("DELETE", f"/v1/ControlPlane/Stores/{store}").json()["statusUrl"]
    assert api.request("GET", f"/v1/Stores/{store}/Profiles").status_code == 404
    deadline = time.monotonic() + 20
    while api.session.get(operation, timeout=20).json()["status"] != "COMPLETED":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    server.stop()
    with sqlite3.connect(tmp_path / "data" / "recollect.sqlite") as database:
        tables = ["profile", "trait", "identifier", "profile_identifier", "observation", "trait_group", "job"]
        counts = {table: database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}
    assert set(counts.values()) == {0}, counts


@pytest.mark.skipif("RECOLLECT_TEST_MODEL" not in os.environ, reason="needs the embedding model")
def test_who_stops_gives_back_the_vectors_it_was_making(tmp_path):
    server = Server("sqlite", tmp_path)
    server.start()
    api = API(server)
    store = api.store("stopped")
    place = f"/v1/Stores/{store}/Profiles/{api.profile(store, '+13175550100')}"
    for number in range(20):
        draft = {"content": f"{number} " + "likes tea " * 60, "source": "s", "occurredAt": "2026-11-20T19:47:09Z"}
        assert api.request("POST", f"{place}/Observations", json={"observations": [draft] * 10}).status_code == 202
    server.stop()
    with sqlite3.connect(tmp_path / "data" / "recollect.sqlite") as database:
        dues = [due for (due,) in database.execute("SELECT due_at FROM vector_queue")]
    assert dues and max(dues) <= time.time() * 1_000_000, "some wait for the end of a lease"
    assert "vectors" not in server.log.read_text(), "a stop is no trouble"


def test_settings_come_from_a_file_too_and_the_command_line_wins(tmp_path):
    server = Server("sqlite", tmp_path)
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"dataDir": str(tmp_path / "elsewhere"), "port": 1}))
    command = [server.binary, "accounts", "create", "--json", "--config-file", str(file)]
    account = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    assert account.keys() == {"sid", "authToken"} and (tmp_path / "elsewhere" / "recollect.sqlite").exists()
    assert (tmp_path / "elsewhere" / "secret.key").stat().st_mode & 0o777 == 0o600
    subprocess.run([*command, "--data-dir", str(tmp_path / "here")], check=True, capture_output=True, timeout=60)
    assert (tmp_path / "here" / "recollect.sqlite").exists()


@pytest.mark.parametrize(
    "option",
    [
        ["--port", "x"], ["--port", "70000"], ["--database-url", "mysql://x"], ["--log-level", "loud"],
        ["--merged-reads", "302"],
    ],
)
def test_a_setting_that_is_none_is_refused_with_its_name(tmp_path, option):
    server = Server("sqlite", tmp_path)
    command = [server.binary, "serve", "--data-dir", str(tmp_path / "data"), *option]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0 and "must" in result.stderr


def test_a_server_with_the_secret_of_another_installation_does_not_start(tmp_path):
    server = Server("sqlite", tmp_path)
    server.start()
    store = API(server).store("kept")
    server.stop()
    secret = tmp_path / "data" / "secret.key"
    ours = secret.read_bytes()
    secret.write_bytes(bytes(32))
    with pytest.raises(AssertionError, match="secret of another installation"):
        server.start()
    secret.write_bytes(ours)
    server.start()
    assert API(server).request("GET", "/v1/ControlPlane/Stores").json()["stores"] == [store]
    server.stop()


@pytest.mark.parametrize("value", [301, "301"])
def test_merged_reads_are_redirected_by_a_setting(tmp_path, value):
    server = Server("sqlite", tmp_path)
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"mergedReads": value}))
    server.start("--config-file", str(file))
    api = API(server)
    store = api.store("moved")
    first, second = (api.profile(store, f"+1317555010{number}") for number in range(2))
    path = f"/v1/Stores/{store}/Profiles"
    joining = {"idType": "phone", "value": "+13175550101"}
    assert api.request("POST", f"{path}/{first}/Identifiers", json=joining).status_code == 202
    read = api.request("GET", f"{path}/{second}?traitGroups=Contact", allow_redirects=False)
    assert read.status_code == 301 and read.headers["Location"] == f"{path}/{first}?traitGroups=Contact"
    assert read.headers["Canonical-Profile-Id"] == first
    assert api.request("GET", f"{path}/{second}").json()["id"] == first
    server.stop()
    server.start("--config-file", str(file), "--merged-reads", "200")
    read = api.request("GET", f"{path}/{second}", allow_redirects=False)
    assert (read.status_code, read.json()["id"]) == (200, first)
    server.stop()


def test_help_tells_every_command(tmp_path):
    server = Server("sqlite", tmp_path)
    text = subprocess.run([server.binary, "--help"], capture_output=True, text=True, timeout=60).stdout
    for word in ("serve", "accounts", "keys"):
        assert word in text
