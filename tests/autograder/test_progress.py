"""What is said of the time that remains."""

from rich.progress import Progress, Task

from autograder.progress import Remaining


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def task(clock: Clock, kept: int, total: int) -> Task:
    progress = Progress(get_time=clock)
    progress.add_task("grading", total=total, completed=kept)
    return progress.tasks[0]


def said_after(seconds: list[float], kept: int = 0, total: int = 10, waited: float = 0.0) -> str:
    """What is said when submissions were done after so many seconds each, and then nothing for a while."""
    clock, column = Clock(), Remaining(kept)
    grading = task(clock, kept, total)
    for pause in seconds:
        clock.now += pause
        grading.completed += 1
        column.render(grading)
    clock.now += waited
    return column.render(grading).plain


def test_nothing_is_said_before_there_is_a_pace() -> None:
    assert said_after([]) == said_after([20.0]) == ""


def test_the_pace_is_the_mean_without_the_warming_up() -> None:
    assert said_after([20.0, 1.0, 3.0]) == "about 0:14 left"


def test_what_was_kept_says_nothing_of_the_pace() -> None:
    assert said_after([20.0, 30.0], kept=100, total=112) == "about 5:00 left"


def test_the_estimate_grows_while_nothing_gets_done() -> None:
    assert said_after([5.0, 2.0], waited=8.0) == "about 1:20 left"
