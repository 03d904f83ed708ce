"""check(function): the public cases, and the answer that a student sees right below the exercise."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from course.cases import load
from course.comparing import describe
from course.exams import asked
from course.verdict import CaseVerdict, diagnose, judge_cases

COLUMNS = ("", "case", "what went in", "what came out")
CELL = "text-align:left; vertical-align:top"


class CheckError(AssertionError):
    """Some case is not right. Shown by Jupyter as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"AssertionError: {self}"]


class NotWrittenError(NotImplementedError):
    """The exercise is untouched. Shown by Jupyter as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"NotImplementedError: {self}"]


def check(function: Callable[..., Any]) -> None:
    """Puts the public cases of an exercise to `function` and shows case by case what came out.

    Args:
        function: what the student wrote, under its own name.

    Raises:
        LookupError: there is no exercise of that name.
        NotImplementedError: the exercise is untouched.
        AssertionError: some case is not right; the table shows which and, where it is recognised, why.
    """
    name = _name_of(function)
    cases = load(name)
    answers = [asked(function, case) for case in cases]
    if answers[0].outcome == "missing":
        raise NotWrittenError(
            f"{name} is not written yet: replace the last line of the exercise by your code."
        )
    verdicts = judge_cases(cases, answers)
    mistake = diagnose(cases, answers)
    _show(name, verdicts, mistake)
    wrong = sum(not verdict.passed for verdict in verdicts)
    if wrong:
        hint = f" It looks as if {mistake}." if mistake else ""
        raise CheckError(f"{name}: {wrong} of {len(verdicts)} cases are not right yet.{hint}")


def _name_of(function: Callable[..., Any]) -> str:
    """The function's name, also through `tf.function`."""
    inner = getattr(function, "python_function", function)
    name = getattr(inner, "__name__", None)
    if name is None:
        raise LookupError(f"check expects the function you wrote, got a {type(function).__name__}.")
    return str(name)


class _Table:
    """The table of cases; Jupyter shows the HTML, a terminal the text."""

    def __init__(self, name: str, verdicts: Sequence[CaseVerdict], mistake: str | None) -> None:
        self.name, self.verdicts, self.mistake = name, verdicts, mistake

    def __repr__(self) -> str:
        rows = [
            f"{'✓' if v.passed else '✗'} {v.case.name}: {v.case.shows if v.passed else _reason(v)}"
            for v in self.verdicts
        ]
        return "\n".join([self._title(), *rows])

    def _repr_html_(self) -> str:
        heads = "".join(f'<th style="{CELL}">{text}</th>' for text in COLUMNS)
        rows = "".join(_row(verdict) for verdict in self.verdicts)
        table = f"<table><tr>{heads}</tr>{rows}</table>"
        title = f"<code>{self.name}</code>: <b>{_coloured(self._title(), self._right())}</b>"
        if self._right():
            return f"<details><summary>{title}</summary>{table}</details>"
        hint = f"<b>It looks as if {escape(self.mistake)}.</b>" if self.mistake else ""
        return f"<p>{title}. {hint}</p>{table}"

    def _title(self) -> str:
        right = sum(verdict.passed for verdict in self.verdicts)
        if self._right():
            return f"✓ all {right} cases are right"
        return f"✗ {right} of {len(self.verdicts)} cases are right"

    def _right(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)


def _coloured(text: str, right: bool) -> str:
    """In JupyterLab's colours of the theme, light or dark; elsewhere in ones that do on white."""
    colour = "var(--jp-success-color1, #1a7f37)" if right else "var(--jp-error-color1, #b3261e)"
    return f'<span style="color:{colour}">{text}</span>'


def _row(verdict: CaseVerdict) -> str:
    case = verdict.case
    mark = _coloured("✓ right" if verdict.passed else "✗ not yet", verdict.passed)
    title = f"<b>{escape(case.name)}</b><br>{escape(case.shows)}"
    inputs = "<br>".join(f"{escape(key)} = {escape(_input(value))}" for key, value in case.inputs.items())
    outcome = "as expected" if verdict.passed else escape(_reason(verdict))
    first, *others = (mark, title, inputs, outcome)
    cells = "".join(f'<td style="{CELL}">{text}</td>' for text in others)
    return f'<tr><td style="{CELL}; white-space:nowrap">{first}</td>{cells}</tr>'


def _input(value: Any) -> str:
    kind = type(value).__name__
    return kind if hasattr(value, "build") else describe(value)


def _reason(verdict: CaseVerdict) -> str:
    return verdict.summary + (f": {verdict.numbers}" if verdict.numbers else "")


def _show(name: str, verdicts: Sequence[CaseVerdict], mistake: str | None) -> None:
    from IPython.display import display

    display(_Table(name, verdicts, mistake))
