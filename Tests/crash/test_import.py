"""The server is killed in the middle of an import; every row of the file is applied once.

Each row adds one identifier to the store and a value of its own, and every tenth row is wrong, so that a row applied twice or
left out shows in the counts of the import, of the store's profiles and of the errors.
"""

from __future__ import annotations

import signal
import sqlite3
import time

import pytest
import requests

from conftest import API
from server import Server, engines

ROWS = 40_000
BAD_ROWS = 40
KILLS = 4
LONGEST = 120


def content() -> bytes:
    rows = ["E-Mail,Name"]
    for number in range(ROWS):
        wrong = number % (ROWS // BAD_ROWS) == 7
        rows.append(f"{'' if wrong else f'user{number}@example.com'},Name {number}")
    return "\r\n".join(rows).encode()


@pytest.mark.parametrize("engine", engines())
def test_every_row_is_applied_once(engine, tmp_path):
    server = Server(engine, tmp_path)
    server.start()
    api = API(server)
    store = api.store("import-crash")
    file = content()
    mappings = [
        {"columnName": "E-Mail", "traitGroup": "Contact", "traitName": "email"},
        {"columnName": "Name", "traitGroup": "Contact", "traitName": "firstName"},
    ]
    body = {"filename": "customers.csv", "fileSize": len(file), "columnMappings": mappings}
    announced = api.request("POST", f"/v1/Stores/{store}/Profiles/Imports", json=body).json()
    assert requests.put(announced["url"], file, timeout=60).status_code == 200

    path = f"/v1/Stores/{store}/Profiles/Imports/{announced['importId']}"
    kills, seen = 0, set()
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        current = api.request("GET", path).json()
        seen.add(current["summary"]["rows"])
        if current["status"] in ("COMPLETED", "FAILED"):
            break
        if kills < KILLS and len(seen) > kills:
            server.stop(signal.SIGKILL)
            server.start()
            kills += 1
        time.sleep(0.05)
    assert current["status"] == "COMPLETED", current
    summary = current["summary"]
    assert (summary["rows"], summary["errors"], summary["created"]) == (ROWS, BAD_ROWS, ROWS - BAD_ROWS)
    assert (summary["updated"], summary["merged"]) == (0, 0)
    errors = api.request("GET", f"{path}/Errors", params={"pageSize": 1000, "orderBy": "ASC"}).json()["errors"]
    assert [error["row"] for error in errors] == [n * (ROWS // BAD_ROWS) + 8 for n in range(BAD_ROWS)]

    profiles, token = 0, None
    while True:
        page = api.request(
            "GET", f"/v1/Stores/{store}/Profiles", params={"pageToken": token} if token else {"pageSize": 1000}
        ).json()
        profiles += len(page["profiles"])
        token = page["meta"].get("nextToken")
        if not token:
            break
    assert profiles == ROWS - BAD_ROWS
    assert server.stop() == 0
    if engine == "sqlite":
        with sqlite3.connect(tmp_path / "data" / "recollect.sqlite") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    print(f"{engine}: {kills} kills within an import of {ROWS} rows, each applied once")
    assert kills > 2
