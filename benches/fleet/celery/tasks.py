"""The benchmark's book as Celery tasks: a chord for each book, with a task for each chapter and a callback that binds.

The settings are those under which Celery loses no chapter where Bindery loses none, and otherwise the fastest:

- The queue is a quorum queue, messages are persistent (Celery's default) and each publish waits for its confirm.
  Without that, a broker that restarts may lose a chapter.
- A message is acknowledged after its task (`acks_late`), and goes back to the queue when the task's process is killed
  (`reject_on_worker_lost`). Without that, a worker that is killed loses its chapters.
- The threads of a worker share the client of the result backend. Without that, each task under gevent opens a
  connection of its own, which doubles its processor time.
- A worker holds 64 messages, as Bindery does; its command line says so. It sends no events and no heartbeats to others.
"""

import os
import time
from pathlib import Path

import redis
from celery import Celery
from celery.signals import worker_ready

FOLDER = Path(os.environ["BENCH_FOLDER"])
TEXT = Path(os.environ["BENCH_TEXT"]).read_bytes()

app = Celery("tasks", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_STORE"])
app.conf.update(
    task_default_queue_type="quorum",
    broker_transport_options={"confirm_publish": True},
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    result_backend_thread_safe=True,
)
store = redis.Redis.from_url(os.environ["BENCH_STORE"])


@worker_ready.connect
def say_ready(**_):
    (FOLDER / "ready").touch()


@app.task
def write(book, chapter, sleep):
    """Sleeps as a model call would take, keeps a text, and returns how long it slept."""
    begun = time.monotonic()
    if sleep > 0:
        time.sleep(sleep)
    slept = time.monotonic() - begun
    store.set(f"{book}:{chapter}", TEXT)
    return slept


@app.task
def bind(slept, book):
    """Joins the texts of a book in one file, and returns when that was synced and how long the slowest task slept."""
    texts = store.mget([f"{book}:{chapter}" for chapter in range(len(slept))])
    with open(FOLDER / f"{book}.md", "wb") as file:
        file.write(b"\n\n".join(texts))
        file.flush()
        os.fsync(file.fileno())
    return {"bound": time.monotonic(), "slowest_sleep": max(slept)}
