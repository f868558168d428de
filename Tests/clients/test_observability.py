"""What those see who watch a server: metrics, logs, and the doctor."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from datetime import datetime
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from conftest import API
from server import ACCOUNT, TOKEN, Server, engines

README = Path(__file__).parents[2] / "README.md"


def metrics(server: Server) -> dict:
    """The families that a server shows, by name, as the official client reads them."""
    answer = requests.get(f"{server.url}/metrics", timeout=20)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in families}) == len(families)
    return {family.name: family for family in families}


def value(families: dict, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in families.values()
        for sample in family.samples
        if sample.name == name and sample.labels == labels
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def test_metrics_are_what_has_happened(server, api, place):
    draft = {"content": "likes tea", "source": "s", "occurredAt": "2026-11-20T19:47:09Z"}
    before = metrics(server)
    api.request("POST", f"{place}/Observations", json={"observations": [draft]})
    for _ in range(3):
        assert api.request("POST", f"{place}/Recall", json={"query": "tea"}).status_code == 200
    assert api.request("GET", f"{place}/Observations/nonsense").status_code == 400
    after = metrics(server)
    recall = {"method": "POST", "route": "/v1/Stores/{storeId}/Profiles/{profileId}/Recall"}
    assert value(after, "recollect_http_requests_total", **recall, status="200") >= 3
    assert value(after, "recollect_http_request_duration_seconds_count", **recall) >= 3
    total = {"stage": "total"}
    name = "recollect_recall_stage_duration_seconds_count"
    assert value(after, name, **total) - value(before, name, **total) == 3
    assert value(after, "recollect_database_reachable") == 1
    assert value(after, "process_resident_memory_bytes") > 1 << 20
    assert value(after, "process_open_fds") > 3
    assert value(after, "process_cpu_seconds_total") > 0
    assert abs(value(after, "process_start_time_seconds") - time.time()) < 86400
    assert value(after, "recollect_metrics_series_dropped_total") == 0
    labels = {label for family in after.values() for sample in family.samples for label in sample.labels.values()}
    assert not any(ACCOUNT in label or "mem_" in label for label in labels)


def test_every_metric_is_explained_there_and_in_the_readme(server):
    families = metrics(server)
    readme = README.read_text()
    for name, family in families.items():
        assert family.documentation, name
        full = name + ("_total" if family.type == "counter" else "")
        assert f"`{full}`" in readme, full


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 200),
        (["--metrics", "off"], 404),
        (["--public-url", "https://memory.example.com"], 404),
        (["--public-url", "https://memory.example.com", "--metrics", "on"], 200),
        (["--host", "0.0.0.0"], 404),
    ],
)
def test_strangers_read_no_metrics_unless_they_are_let(options, status, tmp_path):
    server = Server("sqlite", tmp_path)
    server.start(*options)
    assert requests.get(f"{server.url}/metrics", timeout=20).status_code == status
    assert server.stop() == 0


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_an_access_is_one_line_without_what_customers_said(log_format, tmp_path):
    server = Server("sqlite", tmp_path)
    server.start("--log-format", log_format, "--log-level", "info")
    api = API(server)
    place = f"/v1/Stores/{(store := api.store('logged'))}/Profiles/{api.profile(store, '+13175550100')}"
    query = {"query": "a secret wish"}
    answer = api.request("POST", f"{place}/Recall?hidden=parameter\n", json=query)
    requests.get(f"{server.url}/v1/%0Aforged%20line", timeout=20)
    assert server.stop() == 0
    log = server.log.read_text()
    for secret in ["a secret wish", "hidden", "parameter", "317555", place, "forged"]:
        assert secret not in log.split("Try it", 1)[-1], secret
    request = answer.headers["Twilio-Request-Id"]
    (line,) = [line for line in log.splitlines() if request in line]
    if log_format == "json":
        entry = json.loads(line)
        assert datetime.fromisoformat(entry.pop("time")).tzinfo is not None
        assert entry.pop("duration_ms") >= 0
        assert entry == {
            "level": "info",
            "message": "request",
            "request": request,
            "account": ACCOUNT,
            "method": "POST",
            "route": "/v1/Stores/{storeId}/Profiles/{profileId}/Recall",
            "status": 200,
            "bytes": len(answer.content),
        }
    else:
        assert re.fullmatch(
            rf"\S+Z info request request={request} account={ACCOUNT} method=POST route=\S+/Recall status=200 "
            r"duration_ms=[\d.]+ bytes=\d+",
            line,
        ), line
    assert TOKEN not in "".join(line for line in log.splitlines() if "request" in line)


def findings(server: Server, *options: str) -> tuple[int, dict[str, list[str]]]:
    """The doctor's exit code, and its verdicts by what was checked."""
    result = server.attempt("doctor", "--json", *server.model_options, *options)
    report = json.loads(result.stdout)
    verdicts: dict[str, list[str]] = {}
    for finding in report["findings"]:
        verdicts.setdefault(finding["check"], []).append(finding["verdict"])
    assert (report["verdict"] == "bad") == (result.returncode == 1)
    return result.returncode, verdicts


@pytest.mark.parametrize("engine", engines())
def test_the_doctor_finds_a_running_server_well(engine, tmp_path):
    server = Server(engine, tmp_path)
    assert findings(server)[0] == 0
    assert not (tmp_path / "data").exists()
    server.start()
    code, verdicts = findings(server)
    assert code == 0, verdicts
    for check in ["database", "writing", "migrations", "accounts", "secret", "jobs", "vectors", "disk"]:
        assert verdicts[check] == ["good"], check
    assert set(verdicts["clock"]) == {"good"}
    assert server.stop() == 0


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path):
    server = Server("sqlite", tmp_path)
    server.start()
    assert server.stop() == 0
    data = tmp_path / "data"
    secret = (data / "secret.key").read_bytes()
    (data / "secret.key").write_bytes(os.urandom(32))
    (data / "secret.key").chmod(0o644)
    with sqlite3.connect(data / "recollect.sqlite") as database:
        database.execute("UPDATE schema_version SET version = version + 1")
    database.close()
    code, verdicts = findings(server)
    assert code == 1
    assert verdicts["secret"] == ["bad"]
    assert verdicts["accounts"] == ["bad"]
    assert verdicts["migrations"] == ["warning"]
    text = server.attempt("doctor", *server.model_options)
    assert text.returncode == 1
    assert f"; chmod 600 {data}/secret.key" in text.stdout
    assert {line[0] for line in text.stdout.splitlines()} <= {"✓", "!", "✗"}
    (data / "secret.key").write_bytes(secret)
    (data / "secret.key").chmod(0o600)
    assert findings(server)[0] == 0


def test_the_doctor_tells_a_database_that_is_away(tmp_path):
    server = Server("sqlite", tmp_path)
    server.database_url = "postgres://nobody:hunter2@127.0.0.1:1/memory?connect_timeout=2"
    result = server.attempt("doctor", "--model", "none")
    assert result.returncode == 1
    assert "✗ database" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr
