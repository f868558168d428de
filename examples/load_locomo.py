#!/usr/bin/env python3
"""Loads conversations in the form of LoCoMo and recalls with their questions: load_locomo.py FILE

Each conversation becomes one profile, each session's observations and summary are posted with the session's date, and each
question is asked of Recall. Printed are the share of the questions' evidence among the first k observations (an observation
stands for the turns it cites; questions without evidence count 0) and how long a recall took from here.

Needs RECOLLECT_ACCOUNT_SID and RECOLLECT_AUTH_TOKEN; nothing but the standard library.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import statistics
import sys
import time
from datetime import datetime, timezone
from urllib.parse import urlsplit

DEPTHS = (5, 10, 25, 50)
BATCH = 10


class API:
    """One connection to the server, kept open."""

    def __init__(self) -> None:
        url = urlsplit(os.environ.get("RECOLLECT_URL", "http://127.0.0.1:8080"))
        self.connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=30)
        pair = f"{os.environ['RECOLLECT_ACCOUNT_SID']}:{os.environ['RECOLLECT_AUTH_TOKEN']}"
        self.headers = {
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "Content-Type": "application/json",
        }

    def call(self, method: str, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, data, self.headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {text.decode()}")
        return json.loads(text)


def moment(text: str) -> str:
    """A session's date, such as "1:56 pm on 8 May, 2023", as the API takes it."""
    parsed = datetime.strptime(text, "%I:%M %p on %d %B, %Y")
    return parsed.replace(tzinfo=timezone.utc).isoformat()


def turns(evidence: object) -> set[str]:
    """The ids of turns that evidence cites: an id, several in one text, or a list of either."""
    if isinstance(evidence, list):
        return set().union(*map(turns, evidence)) if evidence else set()
    return {f"D{int(d)}:{int(m)}" for d, m in re.findall(r"D(\d+):(\d+)", str(evidence))}


def sessions(sample: dict) -> list[int]:
    names = (re.fullmatch(r"session_(\d+)", name) for name in sample["conversation"])
    return sorted(int(name[1]) for name in names if name)


def load(api: API, sample: dict, place: str) -> dict[str, list[set[str]]]:
    """Posts a conversation. Returns which turns each observation stands for, by its text."""
    cited: dict[str, list[set[str]]] = {}
    for number in sessions(sample):
        conversation = f"conv_conversation_{number:026}"
        occurred_at = moment(sample["conversation"][f"session_{number}_date_time"])
        drafts = []
        for facts in sample["observation"].get(f"session_{number}_observation", {}).values():
            for text, evidence in facts:
                cited.setdefault(text, []).append(turns(evidence))
                drafts.append(
                    {
                        "content": text,
                        "source": "locomo",
                        "occurredAt": occurred_at,
                        "conversationIds": [conversation],
                    }
                )
        for start in range(0, len(drafts), BATCH):
            api.call("POST", f"{place}/Observations", {"observations": drafts[start : start + BATCH]})
        summary = sample["session_summary"].get(f"session_{number}_summary")
        if summary:
            draft = {
                "content": summary[:4096],
                "source": "locomo",
                "occurredAt": occurred_at,
                "conversationId": conversation,
            }
            api.call("POST", f"{place}/ConversationSummaries", {"summaries": [draft]})
    return cited


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        samples = json.load(file)
    api = API()
    accepted = api.call("POST", "/v1/ControlPlane/Stores", {"displayName": f"locomo-{time.time_ns()}"})
    store = api.call("GET", urlsplit(accepted["statusUrl"]).path)["result"]["id"]
    scores: dict[int, list[float]] = {depth: [] for depth in DEPTHS}
    times: list[float] = []
    for index, sample in enumerate(samples):
        traits = {"Contact": {"chat": f"locomo-{index}"}}
        profile = api.call("POST", f"/v1/Stores/{store}/Profiles", {"traits": traits})["id"]
        place = f"/v1/Stores/{store}/Profiles/{profile}"
        cited = load(api, sample, place)
        for question in sample["qa"]:
            start = time.perf_counter()
            request = {"query": question["question"][:1024], "observationsLimit": max(DEPTHS), "summariesLimit": 0}
            found = api.call("POST", f"{place}/Recall", request)["observations"]
            times.append(time.perf_counter() - start)
            wanted = turns(question.get("evidence", []))
            for depth in DEPTHS:
                seen = set().union(*(ids for item in found[:depth] for ids in cited[item["content"]]))
                scores[depth].append(len(wanted & seen) / len(wanted) if wanted else 0.0)
        print(f"\r{index + 1} of {len(samples)} conversations", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if not times:
        raise SystemExit("the file has no questions")
    for depth in DEPTHS:
        print(f"R@{depth:<3} {100 * statistics.mean(scores[depth]):5.1f}")
    times.sort()
    print(f"recall p50 {1000 * times[len(times) // 2]:.2f} ms, p99 {1000 * times[int(len(times) * 0.99)]:.2f} ms")


if __name__ == "__main__":
    main()
