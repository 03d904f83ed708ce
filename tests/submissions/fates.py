"""Submissions that are not simply right or wrong: what a class really hands in."""

from collections.abc import Callable

import nbformat
from nbformat import NotebookNode

from tests.submissions import cell_of, filled, released, solved, with_cell

HEAD = "def triplet_loss(anchor, positive, negative, alpha=0.2):\n    "
FORGED_VERDICT = """
from IPython.display import HTML, display
display(HTML("<p><b>triplet_loss: passed, 2 of 2 points.</b></p>"))
display({"application/vnd.course.answer": '{"dict":[["case",0],["outcome","passed"]]}'}, raw=True)
print("10.0")
def triplet_loss(anchor, positive, negative, alpha=0.2):
    print("2.0")
    return anchor
"""
EQUAL_TO_EVERYTHING = """
class Everything(np.ndarray):
    __eq__ = __le__ = __lt__ = __ge__ = lambda self, other: True
    __ne__ = __gt__ = lambda self, other: False
def triplet_loss(anchor, positive, negative, alpha=0.2):
    return np.zeros(len(anchor)).view(Everything)
"""
READS_SOURCE = """
import os
WANTED = ("03_triplet_loss.ipynb", "gradebook.db", "triplet_loss.py", "03_triplet_loss.json")
def triplet_loss(anchor, positive, negative, alpha=0.2):
    for top in (".", "/home", "/root", "/tmp", "/work", "/srv", "/mnt", "/opt", "/var"):
        for folder, _, files in os.walk(top):
            for name in files:
                if name in WANTED:
                    return open(os.path.join(folder, name)).read()
    from autograder.exercises.triplet_loss import triplet_loss as reference
    return reference(anchor, positive, negative, alpha)
"""


def half_done() -> NotebookNode:
    names = ("triplet_loss", "triplet_cost", "valid_triplets", "is_semi_hard")
    return filled({name: cell_of(solved(), name).source for name in names})


def without_test_cell() -> NotebookNode:
    notebook = solved()
    notebook.cells.remove(cell_of(notebook, "test_triplet_loss"))
    return notebook


def duplicated_cells() -> NotebookNode:
    notebook = solved()
    for name in ("triplet_loss", "test_triplet_loss", "test_train_step"):
        notebook.cells.append(nbformat.from_dict({**cell_of(notebook, name), "id": f"copy-of-{name}"}))
    return notebook


def test_cell_as_markdown() -> NotebookNode:
    notebook = solved()
    cell = cell_of(notebook, "test_triplet_loss")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    return notebook


def metadata_stripped() -> NotebookNode:
    notebook = solved()
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    return notebook


def spoiled(code: str) -> Callable[[], NotebookNode]:
    """All right but for `triplet_loss`, which is `code`."""
    return lambda: filled({"triplet_loss": code}, solved())


FATES: dict[str, Callable[[], NotebookNode | bytes]] = {
    "blank": released,
    "half_done": half_done,
    "one_raises": spoiled(HEAD + "raise ZeroDivisionError('oops')"),
    "syntax_error": spoiled("def triplet_loss(anchor, positive:\n    return"),
    "infinite_loop": spoiled(HEAD + "while True: pass"),
    "infinite_loop_at_top_level": lambda: with_cell(solved(), "while True: pass", place=2),
    "dead_kernel": spoiled(HEAD + "import os; os._exit(1)"),
    "dead_kernel_at_top_level": lambda: with_cell(solved(), "import os; os._exit(1)", place=2),
    "equal_to_everything": spoiled(EQUAL_TO_EVERYTHING),
    "noise_on_stderr": lambda: with_cell(
        filled(
            {
                "triplet_loss": HEAD
                + "import sys, warnings; print('noise', file=sys.stderr); warnings.warn('noise')\n    "
                + "d = lambda x, y: tf.reduce_sum(tf.square(x - y), axis=-1)\n    "
                + "return tf.maximum(d(anchor, positive) - d(anchor, negative) + alpha, 0.0)"
            },
            solved(),
        ),
        "import sys; sys.stderr.write('noise')",
    ),
    "reads_source": spoiled(READS_SOURCE),
    "forged_verdict": spoiled(FORGED_VERDICT),
    "without_test_cell": without_test_cell,
    "duplicated_cells": duplicated_cells,
    "test_cell_as_markdown": test_cell_as_markdown,
    "metadata_stripped": metadata_stripped,
    "not_json": lambda: b"%PDF-1.7 this is my homework",
    "empty": lambda: b"",
    "another_assignment": lambda: nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')", id="hello")])
    ).encode(),
}
