"""The result of grading as plain data: what `--json` prints, and what an autograded notebook remembers."""

from typing import Any, TypedDict

from autograder.grade import Graded


class ExerciseRow(TypedDict):
    name: str
    outcome: str
    score: float
    max_score: float
    mistake: str | None
    message: str


class Row(TypedDict):
    """One submission. `seconds` is wall time of grading it."""

    student: str
    status: str
    score: float
    max_score: float
    seconds: float
    message: str
    exercises: list[ExerciseRow]


def row_of(student: str, graded: Graded) -> Row:
    """A submission's row."""
    exercises: list[ExerciseRow] = [
        {
            "name": verdict.name,
            "outcome": verdict.outcome,
            "score": verdict.score,
            "max_score": verdict.max_score,
            "mistake": verdict.mistake,
            "message": verdict.message,
        }
        for verdict in graded.verdicts
    ]
    return {
        "student": student,
        "status": graded.status,
        "score": graded.score,
        "max_score": sum(verdict.max_score for verdict in graded.verdicts),
        "seconds": round(graded.seconds, 2),
        "message": graded.message,
        "exercises": exercises,
    }


def document(assignment: str, seed: int, rows: list[Row]) -> dict[str, Any]:
    """The whole result of a grading run."""
    return {"assignment": assignment, "seed": seed, "submissions": rows}
