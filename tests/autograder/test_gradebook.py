"""The gradebook is nbgrader's in every respect; what an instructor wrote into it stays."""

import copy
import sqlite3
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from autograder.grade import Graded
from autograder.gradebook import GradebookError, create
from autograder.handin import HandIn
from autograder.judge import Verdict
from autograder.nbgrader import converter
from autograder.record import record
from autograder.store import Store
from autograder.template import Template, load_template
from tests.submissions import ASSIGNMENT, cell_of

STUDENT = "zoë"


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(ASSIGNMENT)


@pytest.fixture
def store(tmp_path: Path, template: Template) -> Store:
    opened = Store(tmp_path, template)
    opened.open()
    return opened


def graded(template: Template, share: float = 0.5) -> Graded:
    """All exercises answered and this share of every exercise's points earned; but for the first, which is untouched."""
    notebook = copy.deepcopy(template.notebook)
    for name in list(template.slots)[1:]:
        cell_of(notebook, name).source = f"def {name}(): return 1 < 2"
    verdicts = tuple(
        Verdict(name, "wrong", share * slot.points, slot.points, None, "Wrong.")
        for name, slot in template.slots.items()
    )
    return Graded("graded", verdicts, "", 0.1, record(notebook, verdicts, ["Said & done."]))


def save(store: Store, found: Graded) -> None:
    store.save(STUDENT, HandIn(b"as handed in"), 1, found)


def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Table -> its columns; and the version of the schema."""
    with sqlite3.connect(path) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {name: database.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
        return tables | {"version": database.execute("SELECT * FROM alembic_version").fetchall()}


def test_a_new_gradebook_is_as_nbgrader_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(f"sqlite:///{tmp_path}/ours.db")
    converter("GenerateFeedback", tmp_path, ASSIGNMENT)  # nbgrader finds the program alembic
    Gradebook(f"sqlite:///{tmp_path}/theirs.db").close()
    assert columns(tmp_path / "ours.db") == columns(tmp_path / "theirs.db")


def test_a_gradebook_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_bytes(b"")
    create(f"sqlite:///{tmp_path}/gradebook.db")
    assert (tmp_path / "gradebook.db").read_bytes() == b""


def test_an_instructors_score_and_comment_stay(store: Store, template: Template) -> None:
    save(store, graded(template))
    where = ("test_triplet_loss", ASSIGNMENT, ASSIGNMENT, STUDENT)
    with Gradebook(f"sqlite:///{store.root}/gradebook.db") as gradebook:
        gradebook.find_grade(*where).manual_score = 1.75
        gradebook.find_comment("triplet_loss", *where[1:]).manual_comment = "Nearly!"
        gradebook.db.commit()
    save(store, graded(template, share=0.0))
    with Gradebook(f"sqlite:///{store.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade(*where)
        assert (grade.auto_score, grade.score, grade.needs_manual_grade) == (0.0, 1.75, True)
        assert gradebook.find_submission(ASSIGNMENT, STUDENT).score == 1.75
        assert gradebook.find_comment("triplet_loss", *where[1:]).comment == "Nearly!"
    page = store.root / "feedback" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert "Nearly!" in page.read_text()
    assert "(Score: 1.75 / 10.0)" in page.read_text()


def test_an_untouched_exercise_is_marked_as_no_response(store: Store, template: Template) -> None:
    save(store, graded(template))
    with Gradebook(f"sqlite:///{store.root}/gradebook.db") as gradebook:
        found = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, STUDENT)
        comments = {comment.name: comment.auto_comment for comment in found.comments}
    untouched, *answered = template.slots
    assert comments == {untouched: "No response.", **dict.fromkeys(answered)}


def test_a_feedback_page_is_the_one_that_nbgrader_makes(store: Store, template: Template) -> None:
    save(store, graded(template))
    page = store.root / "feedback" / STUDENT / ASSIGNMENT / f"{ASSIGNMENT}.html"
    ours = page.read_text()
    converter("GenerateFeedback", store.root, ASSIGNMENT).start()
    assert str(BeautifulSoup(ours, features="html.parser")) == page.read_text()


def test_a_gradebook_that_cannot_be_written_is_told(store: Store, template: Template) -> None:
    with sqlite3.connect(store.root / "gradebook.db") as other:
        other.execute("DROP TABLE grade")
    with pytest.raises(GradebookError, match="cannot be written"):
        save(store, graded(template))
