"""The outputs of one cell, as nbformat keeps them, and no more of them than allowed."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.sandbox.limits import MB
from autograder.sandbox.messages import Message, clean, text
from course.calling import ANSWER_MIME

PIECES = 1000  # outputs of one cell, streams of a kind that follow each other counted once


class Outputs:
    """Collects what a cell shows: `outputs`, and apart from them `answers`."""

    def __init__(self, limit_bytes: int) -> None:
        self.outputs: list[NotebookNode] = []
        self.answers: list[str] = []
        self._limit, self._used, self._cut = limit_bytes, 0, False

    def add(self, message: Message) -> None:
        """Take an iopub message; types that show nothing are passed over."""
        content = message.content
        if message.kind == "stream":
            self._add_stream("stderr" if content.get("name") == "stderr" else "stdout", text(content, "text"))
        elif message.kind in ("display_data", "execute_result"):
            self._add_data(message.kind, content)
        elif message.kind == "error":
            self._add_error(content)
        elif message.kind == "clear_output":
            self.outputs, self._used, self._cut = [], 0, False

    def _add_stream(self, name: str, new: str) -> None:
        kept = new[: max(self._limit - self._used, 0)]
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += kept
            self._used += len(kept)
        elif kept:
            self._append(new_output("stream", name=name, text=kept), len(kept))
        if len(kept) < len(new):
            self._say_cut()

    def _add_data(self, kind: str, content: dict[str, Any]) -> None:
        data = content.get("data")
        shown = {clean(k): clean(v) for k, v in strings(data).items()}
        if ANSWER_MIME in shown:
            self.answers.append(shown[ANSWER_MIME])
        elif shown:
            count = content.get("execution_count")
            valid = {"execution_count": count if type(count) is int and 0 <= count < 1_000_000 else None}
            more = valid if kind == "execute_result" else {}
            self._append(new_output(kind, data=shown, **more), sum(map(len, [*shown, *shown.values()])))

    def _add_error(self, content: dict[str, Any]) -> None:
        lines = content.get("traceback")
        traceback = (
            [clean(line) for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
        )
        ename, evalue = text(content, "ename"), text(content, "evalue")
        output = new_output("error", ename=ename, evalue=evalue, traceback=traceback)
        self._append(output, len(ename) + len(evalue) + sum(map(len, traceback)))

    def _append(self, output: NotebookNode, size: int) -> None:
        if self._used + size > self._limit or len(self.outputs) >= PIECES:
            self._say_cut()
            return
        self.outputs.append(output)
        self._used += size

    def _say_cut(self) -> None:
        """Once, what the reader misses."""
        if not self._cut:
            note = f"\n[The rest is not shown: one cell may show {self._limit / MB:.1f} MB.]\n"
            self.outputs.append(new_output("stream", name="stdout", text=note))
        self._cut, self._used = True, self._limit


def strings(data: Any) -> dict[str, str]:
    """The entries of a MIME bundle that are text."""
    entries = data.items() if isinstance(data, dict) else ()
    return {key: value for key, value in entries if isinstance(key, str) and isinstance(value, str)}
