"""A worker of a cluster: a Dask worker that grades in a warm sandbox of its own machine.

`autograder worker tcp://scheduler:8786` starts one for each GPU or core. Any other Dask worker of one thread will do as
well, where this package is installed: the sandbox is started with the first submission.
"""

import asyncio
import os
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import cache

from autograder.grade import Cases, Graded, hidden_cases
from autograder.handin import HandIn
from autograder.local import graded_or_error
from autograder.order import Order
from autograder.sandbox import SandboxError, WarmSandbox, gpu_environment, refusal, visible_gpus
from autograder.versions import require

_mine = threading.local()
"""This thread's sandbox: it ends with the thread that started it."""


def work(hand_in: HandIn, order: Order, versions: Mapping[str, str]) -> Graded | SandboxError:
    """Grades one hand-in; what the client sends to a worker.

    Raises:
        VersionError: the client has other versions.
    """
    require(versions)
    cases = _cases(order.template.assignment, order.seed)
    return graded_or_error(hand_in, order, cases, _sandbox(order))


def serve(scheduler: str, workers: int | None) -> None:
    """Runs workers for `scheduler` until it ends or this process is stopped; one that dies is started anew.

    Raises:
        SandboxError: this machine has no sandbox.
    """
    if why := refusal("bwrap"):
        raise SandboxError(why)
    gpus = visible_gpus()
    slots = workers or len(gpus) or os.cpu_count() or 1
    asyncio.run(_serve(scheduler, [gpu_environment(slot, gpus) for slot in range(slots)]))


async def _serve(scheduler: str, environments: list[dict[str, str]]) -> None:
    from distributed import Nanny

    async with AsyncExitStack() as stack:
        nannies = [
            Nanny(scheduler, nthreads=1, memory_limit=0, dashboard=False, env=environment)
            for environment in environments
        ]
        await asyncio.gather(*map(stack.enter_async_context, nannies))
        print(f"{len(nannies)} workers of {scheduler}, each with a sandbox of its own", flush=True)
        await asyncio.gather(*(nanny.finished() for nanny in nannies))


@cache
def _cases(assignment: str, seed: int) -> Cases:
    return hidden_cases(assignment, seed)


def _sandbox(order: Order) -> WarmSandbox:
    """This thread's sandbox, started anew when the order asks for other limits than the last one."""
    terms = (order.isolation, order.limits)
    if getattr(_mine, "terms", None) != terms:
        if hasattr(_mine, "sandbox"):
            _mine.sandbox.close()
        _mine.sandbox, _mine.terms = WarmSandbox(*terms, gpu_environment(0, visible_gpus())), terms
    _mine.sandbox.start()
    return _mine.sandbox
