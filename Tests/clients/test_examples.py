"""The examples run as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server import ACCOUNT, TOKEN

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(server, *command: str) -> str:
    environment = os.environ | {
        "RECOLLECT_URL": server.url,
        "RECOLLECT_ACCOUNT_SID": ACCOUNT,
        "RECOLLECT_AUTH_TOKEN": TOKEN,
    }
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_quickstart_with_curl(server):
    assert "Wants deliveries after six" in run(server, "bash", str(EXAMPLES / "quickstart.sh"))


def test_quickstart_with_the_client(server):
    output = run(server, sys.executable, str(EXAMPLES / "quickstart.py"))
    assert "Has three dogs" in output and "Wants deliveries after six" in output


def test_loading_conversations(server, tmp_path):
    """A made-up conversation in the form that the loader reads."""
    sample = {
        "conversation": {
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [{"speaker": "Ann", "dia_id": "D1:1", "text": "I bought a red bicycle."}],
        },
        "observation": {"session_1_observation": {"Ann": [["Ann bought a red bicycle", "D1:1"]]}},
        "session_summary": {"session_1_summary": "Ann talks about her bicycle."},
        "qa": [{"question": "What did Ann buy?", "answer": "a bicycle", "evidence": ["D1:1"], "category": 4}],
    }
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([sample]))
    output = run(server, sys.executable, str(EXAMPLES / "load_locomo.py"), str(file))
    assert "R@5   100.0" in output


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_keys_and_accounts_from_the_command_line(server, option):
    created = server.command("keys", "create", "--account", ACCOUNT, "--json")
    key = json.loads(created)
    assert key.keys() == {"sid", "secret"}
    assert key["sid"] in server.command("keys", "list", "--account", ACCOUNT, *option)
    assert ACCOUNT in server.command("accounts", "list", *option)
    server.command("keys", "revoke", key["sid"], *option)
