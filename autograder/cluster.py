"""Grades on a Dask cluster: the same function over the same bytes, on workers that need only this package.

Client, scheduler and workers trust each other, as Dask's do: give them a network of their own, or TLS (tls:// addresses).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from autograder.batch import Graders, Result
from autograder.grade import Graded
from autograder.handin import HandIn
from autograder.order import Order
from autograder.sandbox import SandboxError
from autograder.versions import versions
from autograder.worker import work

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10
WORKER_SECONDS = 60
LOOK_SECONDS = 5
AHEAD = 2
"""Submissions on their way for each worker: enough that none waits, few enough that memory stays flat."""


class ClusterError(RuntimeError):
    """The cluster cannot be used, or not any more; the message is a sentence."""


def cluster_graders(scheduler: str) -> Graders:
    """The workers of the Dask scheduler at this address, e.g. tcp://10.0.0.1:8786.

    They raise ClusterError when there is no scheduler or worker, or when the scheduler dies, and VersionError when a
    worker has other versions than this machine.
    """

    def graders(order: Order, students: Sequence[str], read: Callable[[str], HandIn]) -> Iterator[Result]:
        with _client(scheduler) as client:
            try:
                yield from _results(client, order, students, read)
            except (CancelledError, OSError) as error:
                raise ClusterError(
                    f"The scheduler at {scheduler} is gone. What is graded is kept; start it and run again."
                ) from error

    return graders


def _results(
    client: "Client", order: Order, students: Sequence[str], read: Callable[[str], HandIn]
) -> Iterator[Result]:
    """Results as they come in, a few submissions sent ahead of them."""
    waiting, wanted = iter(students), versions()
    sent: dict[Future, tuple[str, HandIn]] = {}

    def send() -> None:
        for student in waiting:
            hand_in = read(student)
            sent[client.submit(work, hand_in, order, wanted, pure=False)] = student, hand_in
            if len(sent) >= AHEAD * max(1, sum(client.nthreads().values())):
                return

    send()
    while sent:
        future, outcome = _first_done(client, sent)
        yield *sent.pop(future), outcome
        send()


def _first_done(client: "Client", futures: Iterable["Future"]) -> tuple["Future", Graded | SandboxError]:
    """One that is done, and its outcome; ClusterError when there has been no worker for too long.

    What is done can be lost again, with the worker that had the outcome: no step may wait without end.
    """
    from distributed import wait

    seen = time.monotonic()
    while time.monotonic() < seen + WORKER_SECONDS:
        with suppress(TimeoutError), client.as_current():
            done = next(iter(wait(list(futures), LOOK_SECONDS, "FIRST_COMPLETED").done))
            return done, _outcome(done)
        seen = time.monotonic() if client.nthreads() else seen
    address = client.scheduler_info()["address"]
    raise ClusterError(
        f"{address} has no worker: start some with `autograder worker {address}`, and run again; what is graded is kept."
    )


def _outcome(future: "Future") -> Graded | SandboxError:
    """What a worker made of a submission, or TimeoutError. One whose workers all died is lost for this run; the others
    are not."""
    from distributed import KilledWorker

    try:
        found: Graded | SandboxError = future.result(LOOK_SECONDS)
    except KilledWorker:
        return SandboxError("The workers that had it died; see their logs.")
    return found


@contextmanager
def _client(scheduler: str) -> Iterator["Client"]:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "Grading on a cluster needs Dask: pip install 'convnet-course[cluster]'."
        ) from None
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"No Dask scheduler answers at {scheduler} ({error}).") from None
    with client:
        yield client
