"""One cell, run: listens until it is done, its time is up, or its kernel is gone."""

import time
from dataclasses import dataclass
from typing import Literal

import zmq
from nbformat import NotebookNode

from autograder.sandbox.channels import Channels
from autograder.sandbox.kernel_process import KernelProcess
from autograder.sandbox.limits import MB, Limits
from autograder.sandbox.messages import Message, text
from autograder.sandbox.outputs import Outputs

Status = Literal["ok", "error", "timed_out", "died", "limit"]

PERIOD = 0.1  # seconds between two looks at everything but messages
IDLE_SECONDS = 5.0  # from the last message until we no longer wait for the rest of the output
INTERRUPT_SECONDS = 3.0  # from the interrupt until the kernel is killed
DEATH_SECONDS = 1.0  # from a lost channel until we no longer wait to hear that the kernel ended
TRAFFIC = 4  # all messages of a cell together, in messages of the largest size
DRAIN = 100  # messages still read from a kernel that has ended
DIED = "the kernel died"


@dataclass(frozen=True)
class Execution:
    """What one cell did.

    Attributes:
        status: how it ended.
        outputs: nbformat 4 outputs in order, cut at Limits.output_bytes with a sentence that says so.
        error: name and text of the exception for status "error", else None.
        answers: the data of its display messages of type ANSWER_MIME, in order; not in `outputs`.
        reason: for "timed_out", "died" and "limit" what happened ("used more than 4.0 GB of memory"), else "".
    """

    status: Status
    outputs: list[NotebookNode]
    error: tuple[str, str] | None
    answers: list[str]
    reason: str


class Cell:
    """The run of one cell."""

    def __init__(self, process: KernelProcess, channels: Channels, limits: Limits) -> None:
        self._process, self._channels, self._limits = process, channels, limits
        self._outputs = Outputs(limits.output_bytes)
        self._request = ""
        self._reply: Message | None = None
        self._heard = 0.0
        self._idle = False
        self._failure: tuple[Status, str] | None = None

    def run(self, code: str, sent: str, seconds: float, too_slow: str) -> Execution:
        """Run `code`, with a text for it, for at most `seconds`; `too_slow` is the reason to give when that is not
        enough."""
        try:
            self._request = self._channels.execute(code, sent)
        except zmq.Again:
            self._kill("died", DIED)
        self._listen(seconds)
        if not self._answered:
            self._failure = ("timed_out", too_slow)
            self._process.interrupt()
            self._listen(INTERRUPT_SECONDS)
        if not self._answered:
            self._kill("timed_out", too_slow)
        return self._execution()

    @property
    def _answered(self) -> bool:
        """The reply is there, if not all output, or the kernel is gone."""
        return self._process.ended or self._reply is not None

    @property
    def _done(self) -> bool:
        """Finished with reply and idle, or the kernel is gone."""
        complete = self._idle or time.monotonic() > self._heard + IDLE_SECONDS
        return self._process.ended or (self._reply is not None and complete)

    def _listen(self, seconds: float) -> None:
        """Take messages until done or the time is up."""
        deadline = time.monotonic() + seconds
        while not self._done and (left := deadline - time.monotonic()) > 0:
            self._take(self._channels.receive(min(left, PERIOD), self._process.server.control.fileno()))
            self._look()

    def _take(self, messages: list[Message | None]) -> None:
        """Keep what answers this cell."""
        self._heard = time.monotonic() if messages else self._heard
        for message in messages:
            if message is None or message.parent != self._request:
                continue
            if message.kind == "execute_reply":
                self._reply = message
            elif message.kind == "status":
                self._idle = self._idle or message.content.get("execution_state") == "idle"
            else:
                self._outputs.add(message)

    def _look(self) -> None:
        """See whether the kernel ended or has to be ended."""
        if self._process.has_ended():
            self._gone()
        elif self._channels.received > self._limits.messages:
            self._kill("limit", f"sent more than {self._limits.messages} messages")
        elif self._channels.received_bytes > TRAFFIC * self._limits.message_bytes:
            self._kill("limit", f"sent more than {TRAFFIC * self._limits.message_bytes // MB} MB of output")
        elif self._channels.lost and self._process.has_ended(DEATH_SECONDS):
            self._gone()
        elif self._channels.lost:
            self._kill("limit", f"sent a message of more than {self._limits.message_bytes // MB} MB")

    def _kill(self, status: Status, reason: str) -> None:
        """End the kernel, for this reason."""
        self._failure = (status, reason)
        self._process.kill()
        self._gone()

    def _gone(self) -> None:
        """The kernel is no more: read what it sent before, and say why."""
        for _ in range(DRAIN):
            if not (messages := self._channels.receive(0)):
                break
            self._take(messages)
        breach = self._process.watcher.breach
        self._failure = self._failure or (("limit", breach) if breach else ("died", DIED))

    def _execution(self) -> Execution:
        outputs, answers = self._outputs.outputs, self._outputs.answers
        if self._failure is not None:
            return Execution(self._failure[0], outputs, None, answers, self._failure[1])
        content = self._reply.content if self._reply is not None else {}
        if content.get("status") == "ok":
            return Execution("ok", outputs, None, answers, "")
        return Execution("error", outputs, (text(content, "ename"), text(content, "evalue")), answers, "")
