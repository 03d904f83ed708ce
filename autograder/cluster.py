"""Grades on a Dask cluster: the same function over the same bytes, on workers that need only this package.

Client, scheduler and workers trust each other, as Dask's do: give them a network of their own, or TLS (tls:// addresses).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
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
    from distributed import as_completed

    waiting, sent, wanted = iter(students), {}, versions()
    futures = as_completed(loop=client.loop)

    def send() -> None:
        for student in waiting:
            hand_in = read(student)
            future = client.submit(work, hand_in, order, wanted, pure=False)
            sent[future.key] = student, hand_in
            futures.add(future)
            if len(sent) >= AHEAD * max(1, sum(client.nthreads().values())):
                return

    send()
    for future in futures:
        student, hand_in = sent.pop(future.key)
        yield student, hand_in, _outcome(future)
        send()


def _outcome(future: "Future") -> Graded | SandboxError:
    """What a worker made of a submission. One whose workers all died is lost for this run; the others are not."""
    from distributed import KilledWorker

    try:
        found: Graded | SandboxError = future.result()
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
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            raise ClusterError(
                f"{scheduler} has no worker: start some with `autograder worker {scheduler}`."
            ) from None
        yield client
