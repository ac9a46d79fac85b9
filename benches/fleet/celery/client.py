"""Submits books to the Celery worker: reads one JSON order a line, and answers each with one line.

An order is a list of books, a book a list of its chapters' sleeps in seconds. The clock is the machine's monotonic one,
which the worker's processes share.
"""

import json
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from celery import chord
from tasks import bind, write

# Longer than the slowest pool needs for an order on a busy machine.
PATIENCE = 120


def submit(sleeps):
    book = uuid.uuid4().hex
    chapters = [write.s(book, chapter, sleep) for chapter, sleep in enumerate(sleeps)]
    return chord(chapters)(bind.s(book))


def measure(books):
    """Returns the seconds until the last of these books was bound, and how long its slowest task slept."""
    # A publish waits for its confirm, so books that are submitted by one thread would wait for each other.
    with ThreadPoolExecutor(len(books)) as threads:
        begun = time.monotonic()
        results = list(threads.map(submit, books))
    last = max((result.get(timeout=PATIENCE) for result in results), key=lambda found: found["bound"])
    return {"seconds": last["bound"] - begun, "slowest_sleep": last["slowest_sleep"]}


for order in sys.stdin:
    print(json.dumps(measure(json.loads(order))), flush=True)
