"""A running server for each engine, and an API session for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import requests
from twilio.rest import Client

sys.path.insert(0, str(Path(__file__).parent))

from server import ACCOUNT, TOKEN, Server, engines  # noqa: E402


@pytest.fixture(scope="session", params=engines())
def server(request, tmp_path_factory):
    """A server that lives as long as the test session."""
    server = Server(request.param, tmp_path_factory.mktemp(request.param))
    server.start()
    yield server
    assert server.stop() == 0, server.log.read_text()[-4000:]
    assert "crashed" not in server.log.read_text()


class API:
    """The server's API without a client library in between."""

    def __init__(self, server: Server):
        self.url = server.url
        self.session = requests.Session()
        self.session.auth = (ACCOUNT, TOKEN)

    def request(self, method: str, path: str, **options) -> requests.Response:
        return self.session.request(method, self.url + path, timeout=20, **options)

    def store(self, name: str) -> str:
        """Creates a store and gives its id."""
        accepted = self.request("POST", "/v1/ControlPlane/Stores", json={"displayName": name})
        assert accepted.status_code == 202, accepted.text
        return self.session.get(accepted.json()["statusUrl"], timeout=20).json()["result"]["id"]

    def profile(self, store: str, phone: str) -> str:
        """Creates a profile and gives its id."""
        body = {"traits": {"Contact": {"phone": phone}}}
        created = self.request("POST", f"/v1/Stores/{store}/Profiles", json=body)
        assert created.status_code == 202, created.text
        return created.json()["id"]


@pytest.fixture(scope="session")
def api(server) -> API:
    return API(server)


@pytest.fixture()
def memory(server):
    """The official client, pointed at the server."""
    client = Client(ACCOUNT, TOKEN)
    client.memory.base_url = server.url
    return client.memory.v1


@pytest.fixture()
def store(api, request):
    """A store of the test's own, gone afterwards: an account may have only a few."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)[:50]
    store = api.store(name)
    yield store
    api.request("DELETE", f"/v1/ControlPlane/Stores/{store}")


@pytest.fixture()
def place(api, store) -> str:
    """The path of a profile of the test's own."""
    return f"/v1/Stores/{store}/Profiles/{api.profile(store, '+13175550100')}"
