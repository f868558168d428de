"""Mixed load on a cluster, and a ledger of what was acknowledged: the database must hold exactly that.

Workers create customers whose identifiers collide, so that profiles are merged while others write to them; post batches of
observations; patch; recall what they have just written, from whichever server is next; and import files. A request whose
fate is unknown is repeated with its Idempotency-Key until it is answered, so each one is applied once and is in the ledger.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque

from cluster import Caller, Cluster, import_file

SHARED_PROFILES = 4
# Customers whose creates are mixed with each other's.
CROWD = 6
IMPORT_ROWS = 600
BAD_ROW_INTERVAL = 100


class Ledger:
    """What all workers were acknowledged."""

    def __init__(self):
        self.lock = threading.Lock()
        self.contents: dict[str, list[str]] = {}
        self.notes: dict[str, tuple[str, list[str]]] = {}
        self.customers: set[int] = set()
        self.imports: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.waiting: deque[tuple[int, dict[str, str]]] = deque()
        self._next_customer = 0

    def remember(self, place: str, contents: list[str]) -> None:
        with self.lock:
            self.contents.setdefault(place, []).extend(contents)

    def next_create(self) -> tuple[int, dict[str, str]]:
        """A customer's number and two identifiers: the third pair shows that the first two are one customer."""
        with self.lock:
            if not self.waiting:
                crowd = range(self._next_customer, self._next_customer + CROWD)
                self._next_customer += CROWD
                pairs = [(n, contact) for n in crowd for contact in contacts(n)]
                random.shuffle(pairs)
                self.waiting.extend(pairs)
            return self.waiting.popleft()


def contacts(customer: int) -> list[dict[str, str]]:
    """The identifiers with which a customer arrives, one time after the other."""
    phones = [f"+1317{555_0000 + 2 * customer + n:07}" for n in range(2)]
    emails = [f"customer{customer}-{n}@example.com" for n in range(2)]
    return [
        {"phone": phones[0], "email": emails[0]},
        {"phone": phones[1], "email": emails[1]},
        {"phone": phones[0], "email": emails[1]},
    ]


def draft(content: str) -> dict:
    return {"content": content, "source": "load", "occurredAt": "2026-11-20T19:47:09Z"}


class Worker(threading.Thread):
    """Does one thing after the other until told to stop."""

    def __init__(self, number: int, cluster: Cluster, store: str, shared: list[str], ledger: Ledger):
        super().__init__(daemon=True)
        self.number = number
        self.random = random.Random(number)
        self.caller = Caller(cluster, seed=number)
        self.store = store
        self.shared = shared
        self.ledger = ledger
        self.stopping = threading.Event()
        self.failure: BaseException | None = None
        self.turn = 0

    def run(self) -> None:
        try:
            self.begin()
            deeds = [self.observe, self.patch, self.recall, self.create]
            while not self.stopping.is_set():
                self.turn += 1
                if self.turn % 40 == 1 and self.number % 2 == 0:
                    deed = self.send_file
                else:
                    deed = self.random.choices(deeds, weights=[3, 2, 2, 2])[0]
                deed()
                with self.ledger.lock:
                    self.ledger.counts[deed.__name__] += 1
        except BaseException as failure:  # Told by the test, which would not see it otherwise.
            self.failure = failure

    def begin(self) -> None:
        """Makes a profile of the worker's own, with a note that it goes on changing."""
        profile = self.caller.profile(self.store, phone=f"+44790090{self.number:04}")
        self.own = f"/v1/Stores/{self.store}/Profiles/{profile}"
        self.note = [f"note of worker {self.number}, first"]
        self.caller.write("POST", f"{self.own}/Observations", json={"observations": [draft(self.note[0])]})
        [observation] = self.caller.everything(f"{self.own}/Observations", "observations")
        self.note_path = f"{self.own}/Observations/{observation['id']}"
        self.ledger.notes[self.own] = (self.note_path, self.note)

    def observe(self) -> None:
        self.post(self.random.choice(self.shared), self.random.randint(1, 4))

    def post(self, place: str, count: int, ledger_place: str | None = None) -> None:
        contents = [f"worker {self.number} turn {self.turn} fact {n}" for n in range(count)]
        body = {"observations": [draft(content) for content in contents]}
        self.caller.write("POST", f"{place}/Observations", json=body)
        self.ledger.remember(ledger_place or place, contents)

    def patch(self) -> None:
        content = f"note of worker {self.number}, turn {self.turn}"
        self.caller.write("PATCH", self.note_path, json={"content": content})
        self.note.append(content)

    def recall(self) -> None:
        found = self.caller.call("POST", f"{self.own}/Recall", json={"query": "note"}).json()["observations"]
        contents = [item["content"] for item in found]
        assert contents == self.note[-1:], f"recalled {contents}, not {self.note[-1:]}"

    def create(self) -> None:
        customer, contact = self.ledger.next_create()
        profile = self.caller.profile(self.store, **contact)
        with self.ledger.lock:
            self.ledger.customers.add(customer)
        # By now the profile may have been merged into another: the server sends on.
        self.post(f"/v1/Stores/{self.store}/Profiles/{profile}", 1, f"customer {customer}")

    def send_file(self) -> None:
        rows = ["email,name"]
        for row in range(IMPORT_ROWS):
            email = "" if row % BAD_ROW_INTERVAL == 7 else f"row{row}-of-{self.turn}-by-{self.number}@example.com"
            rows.append(f"{email},Row {row}")
        path = import_file(self.caller, self.store, "\r\n".join(rows).encode())
        self.ledger.imports[path] = IMPORT_ROWS


def run_load(workers: list[Worker], seconds: float, havoc) -> None:
    """Lets the workers work while `havoc(elapsed)` is called again and again."""
    for worker in workers:
        worker.start()
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds:
        havoc(elapsed)
        time.sleep(0.1)
    for worker in workers:
        worker.stopping.set()
    for worker in workers:
        worker.join(timeout=120)
        assert not worker.is_alive(), "a worker hangs"
