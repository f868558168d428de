#!/usr/bin/env python3
"""Recollect with the official client: pip install twilio, then run this.

Needs RECOLLECT_ACCOUNT_SID and RECOLLECT_AUTH_TOKEN, as the server printed them on its first start.
"""

from __future__ import annotations

import os
import time

from twilio.rest import Client

client = Client(os.environ["RECOLLECT_ACCOUNT_SID"], os.environ["RECOLLECT_AUTH_TOKEN"])
client.memory.base_url = os.environ.get("RECOLLECT_URL", "http://127.0.0.1:8080")
memory = client.memory.v1

accepted = memory.stores.create(memory.stores.ServiceRequest({"displayName": f"quickstart-{time.time_ns()}"}))
store = memory.operations(accepted.status_url.rsplit("/", 1)[1]).fetch().result["id"]
print("store      ", store)

profiles = memory.profiles(store)
profile = profiles.create(profiles.ProfileData({"traits": {"Contact": {"phone": "+13175550134", "firstName": "Ann"}}})).id
print("profile    ", profile)

observations = memory.observations(store, profile)
facts = [
    ("Prefers green tea to coffee", "2026-11-18T09:30:00Z"),
    ("Has two dogs, Rex and Bella", "2026-11-19T14:00:00Z"),
    ("Wants deliveries after six in the evening", "2026-11-20T17:45:00Z"),
]
observations.create(
    observations.CreateObservationsRequest(
        {
            "observations": [
                observations.ObservationCreateRequest({"content": content, "source": "voice", "occurredAt": occurred_at})
                for content, occurred_at in facts
            ]
        }
    )
)
dogs = next(observation for observation in observations.list() if "dogs" in observation.content)
memory.observations(store, profile, dogs.id).patch(
    observations.ObservationBase({"content": "Has three dogs: Rex, Bella and Max"})
)
for revision in memory.revisions(store, profile, dogs.id).list():
    print("revision   ", revision.content)

recall = memory.recall(store, profile)
found = recall.create(recall.MemoryRetrievalRequest({"query": "which hours for deliveries?", "observationsLimit": 1}))
for observation in found.observations:
    print("recalled   ", f"{observation['score']:.2f}", observation["content"])

memory.stores(store).delete()
