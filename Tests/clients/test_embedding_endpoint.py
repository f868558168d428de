"""The server with an embedding endpoint: as configured, away, and back."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import API
from server import Server, engines

KEY = "sk-confidential"
ANIMALS = {"puppy", "dog", "pets"}


class Endpoint:
    """An endpoint whose model knows animals from everything else; `status` says what it answers."""

    def __init__(self):
        self.status = 200
        self.hangs = False
        self.keys: set[str | None] = set()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.keys.add(self.headers.get("Authorization"))
                while endpoint.hangs:
                    time.sleep(0.05)
                items = [{"index": i, "embedding": embedding(text)} for i, text in enumerate(question["input"])]
                body = json.dumps({"data": items if self.path == "/v1/embeddings" else []}).encode()
                self.send_response(endpoint.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def options(self) -> list[str]:
        url = f"http://127.0.0.1:{self.http.server_port}/v1/"
        return ["--embedding-url", url, "--embedding-model", "animals", "--embedding-dimensions", "3"]


def embedding(text: str) -> list[float]:
    words = set(text.lower().strip("?").split())
    return [2.0, 0.0, 0.5] if words & ANIMALS else [0.0, 2.0, 0.5]


@pytest.fixture()
def endpoint():
    endpoint = Endpoint()
    yield endpoint
    endpoint.http.shutdown()


@pytest.mark.parametrize("engine", engines())
def test_recall_goes_by_meaning_when_the_endpoint_is_there(engine, endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("RECOLLECT_EMBEDDING_KEY", KEY)
    endpoint.status = 401
    server = Server(engine, tmp_path)
    server.start(*endpoint.options)
    api = API(server)
    assert api.request("GET", "/health").json()["model"] == "animals"
    store = api.store("animals")
    place = f"/v1/Stores/{store}/Profiles/{api.profile(store, '+13175550100')}"
    for day, content in enumerate(["has a puppy", "took the train"], start=1):
        draft = {"content": content, "source": "s", "occurredAt": f"2026-11-0{day}T12:00:00Z"}
        accepted = api.request("POST", f"{place}/Observations", json={"observations": [draft]})
        assert accepted.status_code == 202, accepted.text

    def best() -> str:
        answer = api.request("POST", f"{place}/Recall", json={"query": "pets?", "observationsLimit": 1})
        assert answer.status_code == 200, answer.text
        return answer.json()["observations"][0]["content"]

    # No word in common: the most recent.
    assert best() == "took the train"
    assert api.request("GET", "/health").json()["recall"] == "lexical"
    endpoint.status = 200
    deadline = time.monotonic() + 40
    while best() != "has a puppy":
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.2)
    assert api.request("GET", "/health").json()["recall"] == "hybrid"
    assert server.stop() == 0
    log = server.log.read_text()
    assert f"Model     animals at http://127.0.0.1:{endpoint.http.server_port}/v1, 3 dimensions" in log
    assert "the endpoint answers 401; is the key right?" in log
    assert KEY not in log
    assert endpoint.keys == {f"Bearer {KEY}"}


def test_an_endpoint_that_hangs_holds_up_neither_recall_nor_the_end(endpoint, tmp_path):
    endpoint.hangs = True
    server = Server("sqlite", tmp_path)
    server.start(*endpoint.options)
    api = API(server)
    place = f"/v1/Stores/{(store := api.store('hung'))}/Profiles/{api.profile(store, '+13175550100')}"
    draft = {"content": "likes tea", "source": "s", "occurredAt": "2026-11-20T19:47:09Z"}
    api.request("POST", f"{place}/Observations", json={"observations": [draft]})
    started = time.monotonic()
    answer = api.request("POST", f"{place}/Recall", json={"query": "tea"})
    assert answer.json()["observations"][0]["content"] == "likes tea"
    assert time.monotonic() - started < 3
    started = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - started < 5
    endpoint.hangs = False


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--embedding-model", "m"], "embeddingUrl: is missing"),
        (["--embedding-url", "http://host/v1"], "needs embeddingModel and embeddingDimensions"),
        (["--embedding-url", "host", "--embedding-model", "m", "--embedding-dimensions", "3"], "must be an http or"),
        (["--embedding-dimensions", "0"], "embeddingDimensions: must be a whole number from 1 to 8192"),
        (["--embedding-shorten", "maybe"], "embeddingShorten: must be true or false"),
    ],
)
def test_settings_that_make_no_endpoint_are_refused(options, complaint, tmp_path):
    refused = Server("sqlite", tmp_path).attempt("serve", "--port", "0", *options)
    assert refused.returncode != 0
    assert complaint in refused.stderr
