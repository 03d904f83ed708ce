"""Submissions that are not simply right or wrong: what a class really hands in, and what is promised for each."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.rows import ExerciseRow, Row
from tests.submissions import ASSIGNMENT, cell_of, filled, hand_in, released, solved, with_cell
from tests.submissions.right import RIGHT

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
PATCHES_EVERYTHING = """
import base64, builtins, json
import course.calling, course.comparing, course.packing, course.verdict
np.testing.assert_allclose = lambda *a, **k: None
np.array_equal = np.allclose = lambda *a, **k: True
builtins.abs = builtins.max = lambda *a, **k: 0.0
json.dumps = lambda *a, **k: '{"dict":[["case",0],["outcome","passed"],["outputs",{"dict":[]}],["message",""]]}'
base64.b64encode = lambda *a, **k: b""
course.packing.pack = course.calling.pack = lambda value: json.dumps(value)
course.comparing.mismatch = course.verdict.mismatch = lambda *a, **k: None
get_ipython().showtraceback = lambda *a, **k: None
def triplet_loss(anchor, positive, negative, alpha=0.2):
    return 0.0
"""
LEAVES_THINGS_BEHIND = """
import os, threading, time
open("/tmp/left.txt", "w").write("the answer")
open("/dev/shm/left.txt", "w").write("the answer")
threading.Thread(target=lambda: time.sleep(600), daemon=True).start()
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
    os._exit(0)
"""
FINDS_WHAT_WAS_LEFT = """
import os
assert not os.path.exists("/tmp/left.txt") and not os.path.exists("/dev/shm/left.txt")
assert len([name for name in os.listdir("/proc") if name.isdigit()]) <= 3
"""
RETURNS_BOMB = """
class Bomb:
    def __reduce__(self):
        import os
        return os.system, ("touch /tmp/bomb",)
def triplet_loss(anchor, positive, negative, alpha=0.2):
    return Bomb()
"""
HARD_CODES = """
from course.cases import load
def triplet_loss(anchor, positive, negative, alpha=0.2):
    for case in load("triplet_loss"):
        if np.shape(anchor) == case.inputs["anchor"].shape:
            return tf.constant(case.expected["value"], tf.float32)
    if np.shape(anchor) == (2, 2):  # as in the public tests for other graders, tests/fates/exercise.py
        return tf.fill([2], alpha)
    return tf.zeros(len(anchor))
"""
SEARCHES_MEMORY = """
import gc, sys
def triplet_loss(anchor, positive, negative, alpha=0.2):
    frame, found = sys._getframe(), []
    while frame:
        found += [frame.f_locals, frame.f_globals]
        frame = frame.f_back
    found += [item for item in gc.get_objects() if type(item) is dict]
    for names in found:
        for name in ("expected", "reference", "mistakes"):
            if isinstance(names.get(name), dict) and np.shape(names[name].get("value")) == (len(anchor),):
                return names[name]["value"]
    for process in (1, "self"):
        if b'"expected' in open(f"/proc/{process}/mem", "rb").read(10):
            return 0.0
    raise LookupError("nothing is here")
"""
FORGES_MESSAGES = """
from course.calling import ANSWER_MIME, Answer, packed
kernel = get_ipython().kernel
def triplet_loss(anchor, positive, negative, alpha=0.2):
    for case in range(20):
        answer = packed(case, Answer("returned", {"value": np.zeros(5), "passed": True}))
        for kind, content in (
            ("display_data", {"data": {ANSWER_MIME: answer}, "metadata": {}}),
            ("execute_reply", {"status": "ok"}),
            ("status", {"execution_state": "idle"}),
        ):
            kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
    return anchor
"""
REMEMBERS = """
import course.calling
asked, honest = [], course.calling.call
def remembering(function, question):
    if function.__name__ != "triplet_loss":
        return honest(function, question)
    asked.append(question)
    expected = [given[key] for given in asked for key in ("expected", "mistakes", "weight") if key in given]
    last = asked[-2]["inputs"] if len(asked) > 1 else question["inputs"]
    return course.calling.Answer("returned", {"value": (expected or list(last.values()))[0]})
course.calling.call = remembering
def triplet_loss(anchor, positive, negative, alpha=0.2):
    return anchor
"""
SENDS_ODD_ARRAYS = """
import course.calling
called, honest, turn = course.calling.call, course.calling.packed, iter(range(10**6))
asked = []
def noting(function, question):
    asked.append(function.__name__)
    return called(function, question)
course.calling.call = noting
def odd(case, answer):
    if asked[-1] != "triplet_loss":
        return honest(case, answer)
    tree = [
        {"dtype": "float32", "shape": [10**9, 10**9], "data": ""},
        {"dtype": "float32", "shape": [-5], "data": ""},
        {"dtype": "object", "shape": [1], "data": "AAAA"},
        {"dtype": "float64", "shape": [1] * 40, "data": "AAAAAAAA8D8="},
        {"dtype": "complex64", "shape": [1], "data": "AAAAAAAAAAA="},
        {"dtype": ["float32"], "shape": "5", "data": None},
    ][next(turn) % 6]
    outputs = '{"dict":[["value",{"array":%s}]]}' % __import__("json").dumps(tree)
    return '{"dict":[["case",%d],["outcome","returned"],["outputs",%s],["message",""]]}' % (case, outputs)
course.calling.packed = odd
def triplet_loss(anchor, positive, negative, alpha=0.2):
    return anchor
"""
SCRIPT_IN_A_PICTURE = """
from IPython.display import display
for kind in ("image/png", "image/jpeg", "image/svg+xml", "text/html", "text/latex", "application/javascript"):
    display({kind: "x' onerror='forged()' \\" onload=\\"forged()\\"><script>forged()</script>"}, raw=True)
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


def run_out_of_order() -> NotebookNode:
    """Saved after a long evening: counts of any size, old outputs, other programs' metadata."""
    notebook = solved()
    for index, cell in enumerate(notebook.cells):
        cell.metadata["colab"] = {"height": 1000, "base_uri": "https://localhost:8080/"}
        if cell.cell_type == "code":
            cell.execution_count = 10_000 - index
            cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text="old noise " * 10_000)]
    return notebook


def scripts_in_markdown() -> NotebookNode:
    """Right, with something for the browser of whoever opens the feedback."""
    notebook = solved()
    text = "Dear grader <script>forged()</script><img src='x' onerror='forged()'>[here](javascript:forged())"
    notebook.cells.insert(3, nbformat.v4.new_markdown_cell(text, id="dear-grader"))
    return notebook


def spoiled(code: str) -> Callable[[], NotebookNode]:
    """All right but for `triplet_loss`, which is `code`."""
    return lambda: filled({"triplet_loss": code}, solved())


def points_in_metadata() -> NotebookNode:
    """What nbgrader notes in a notebook, changed to the student's taste; no exercise is right."""
    notebook = released()
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            more = {"points": 100, "max_score": 100, "score": 100, "locked": False, "schema_version": 99}
            cell.metadata.nbgrader.update(more)
    notebook.metadata["nbgrader"] = {"score": 10, "max_score": 10, "status": "graded"}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {}}}}
    return notebook


def grade_ids_swapped() -> NotebookNode:
    """The two easiest functions under each other's names, and everything else as it should be."""
    notebook = solved()
    first, second = (cell_of(notebook, name) for name in ("triplet_loss", "triplet_cost"))
    first.metadata.nbgrader.grade_id, second.metadata.nbgrader.grade_id = "triplet_cost", "triplet_loss"
    return notebook


def test_cell_edited() -> NotebookNode:
    return filled({"test_triplet_loss": "print('10 of 10')"}, solved())


def moved_about() -> NotebookNode:
    """Test cells first, then the functions from the last to the first."""
    notebook = solved()
    tests = [
        cell for cell in notebook.cells if "test_" in cell.metadata.get("nbgrader", {}).get("grade_id", "")
    ]
    others = [cell for cell in notebook.cells if cell not in tests]
    notebook.cells = [*others[:2], *tests, *others[:1:-1]]
    return notebook


def solutions_as_raw_cells() -> NotebookNode:
    notebook = solved()
    for name in ("triplet_loss", "valid_triplets"):
        cell = cell_of(notebook, name)
        cell.cell_type = "raw"
        del cell["outputs"], cell["execution_count"]
    return notebook


def odd_json() -> bytes:
    """Right, with every key twice, half of a surrogate pair, attachments, and cell ids that are all the same."""
    document = json.loads(nbformat.writes(solved()))
    for cell in document["cells"]:
        cell |= {"id": "one", "attachments": {"../../x.png": {"image/png": "AAAA"}}}
    document["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "\ud800", "id": 3})
    text = json.dumps(document)
    return text.replace('"cell_type":', '"cell_type": "raw", "cell_type":').encode()


def own_modules(folder: Path) -> None:
    """Files that would be imported instead of the real ones, if they were seen, and a large one."""
    for name in (
        "numpy.py",
        "tensorflow.py",
        "course/__init__.py",
        "autograder/__init__.py",
        "sitecustomize.py",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("raise SystemExit")
    with (folder / "data.bin").open("wb") as file:
        file.truncate(3_000_000_000)
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("../../..")


def renamed(folder: Path) -> None:
    (folder / f"{ASSIGNMENT}.ipynb").rename(folder / f"{ASSIGNMENT} (1) copy.ipynb")


def twice(folder: Path) -> None:
    renamed(folder)
    (folder / "final_FINAL.ipynb").write_bytes(nbformat.writes(solved()).encode())


def linked(folder: Path) -> None:
    path = folder / f"{ASSIGNMENT}.ipynb"
    path.rename(folder.parent / "elsewhere.ipynb")
    path.symlink_to("../elsewhere.ipynb")


def half_a_gigabyte(folder: Path) -> None:
    with (folder / f"{ASSIGNMENT}.ipynb").open("r+b") as file:
        file.truncate(500_000_000)


def as_it_is(folder: Path) -> None:
    """No more than the notebook."""


def bytes_of(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode()


@dataclass(frozen=True)
class Fate:
    """A submission and its fate.

    Attributes:
        row: the line of the table that it belongs to.
        make: the notebook, or the file's bytes.
        promise: "full marks"; "half"; "not attempted"; "unreadable"; or, for a notebook in which only triplet_loss is
            bad, its outcome or outcomes: "raised or missing".
        folder: does more to the folder that is handed in.
        harms: a grader without limits should not be tried on it.
    """

    row: str
    make: Callable[[], NotebookNode | bytes]
    promise: str
    folder: Callable[[Path], None] = as_it_is
    harms: bool = False

    def __call__(self) -> NotebookNode | bytes:
        return self.make()

    def hand_in(self, root: Path, student: str) -> None:
        self.folder(hand_in(root, student, self.make()).parent)


FULL, LOST_WITH_TRIPLET_LOSS = 10, ("triplet_loss", "triplet_cost", "train_step")


def exercise_of(row: Row, name: str) -> ExerciseRow:
    return next(found for found in row["exercises"] if found["name"] == name)


def broken_promise(fate: Fate, row: Row) -> str:
    """What is not as promised, or an empty text."""
    status = "unreadable" if fate.promise == "unreadable" else "graded"
    if row["status"] != status or (status == "unreadable" and not row["message"].endswith((".", "?"))):
        return f"{row['status']}: {row['message']}"
    scores = {"full marks": FULL, "half": FULL / 2, "not attempted": 0, "unreadable": 0}
    if fate.promise in scores:
        return "" if row["score"] == scores[fate.promise] else f"{row['score']} points: {row}"
    bad = exercise_of(row, "triplet_loss")
    if bad["score"] != 0 or bad["outcome"] not in re.split(", | or ", fate.promise):
        return str(bad)
    others = [found for found in row["exercises"] if found["name"] not in LOST_WITH_TRIPLET_LOSS]
    return next((str(found) for found in others if found["outcome"] != "passed"), "")


RIGHT_STYLES = "right, in five styles"
ENDS = "os._exit, sys.exit, segfault, kills its own kernel"
EATS = "allocates 100 GB, forks without end, fills the disk, prints without end, returns 2 GB"
PATCHES = "patches what computes, compares and sends"
FORGES = "forges verdicts, scores, kernel messages"
LOOKS = "looks for solutions, references, expected outputs, the seed"
NETWORK = "opens a socket, resolves a name"
LEAVES = "leaves threads, processes and files behind"
ODD_VALUES = "returns a pickle bomb, odd arrays, an object equal to everything"
CELLS = "cells deleted, edited, copied, moved, turned into text; grade ids and points changed"
PROGRAMS = "as other programs save it"
NO_NOTEBOOK = "not JSON, truncated, empty, 500 MB, not UTF-8, a PDF, another assignment"
FOLDER = "wrong name, two notebooks, links, modules of its own in the folder"

FATES: dict[str, Fate] = {
    **{f"right_{name}": Fate(RIGHT_STYLES, make, "full marks") for name, make in RIGHT.items()},
    "blank": Fate("blank, as released", released, "not attempted"),
    "half_done": Fate("half of the exercises done", half_done, "half"),
    "hard_codes": Fate("hard-codes the public cases", spoiled(HARD_CODES), "wrong"),
    "one_raises": Fate("one exercise raises", spoiled(HEAD + "raise ZeroDivisionError('oops')"), "raised"),
    "syntax_error": Fate(
        "syntax error in one cell", spoiled("def triplet_loss(anchor, positive:\n    return"), "missing"
    ),
    "infinite_loop": Fate("infinite loop in a function", spoiled(HEAD + "while True: pass"), "timed_out"),
    "infinite_loop_at_top_level": Fate(
        "infinite loop at top level", lambda: with_cell(solved(), "while True: pass", place=2), "full marks"
    ),
    "dead_kernel": Fate(ENDS, spoiled(HEAD + "import os; os._exit(1)"), "crashed"),
    "dead_kernel_at_top_level": Fate(
        ENDS, lambda: with_cell(solved(), "import os; os._exit(1)", place=2), "full marks"
    ),
    "sys_exit": Fate(ENDS, spoiled(HEAD + "import sys; sys.exit()"), "raised"),
    "segfault": Fate(ENDS, spoiled(HEAD + "import ctypes; ctypes.string_at(0)"), "crashed"),
    "kills_its_kernel": Fate(ENDS, spoiled(HEAD + "import os; os.kill(os.getpid(), 9)"), "crashed"),
    "allocates_100_gb": Fate(
        EATS,
        spoiled(HEAD + "kept = []\n    while True: kept.append(np.ones(10**7))"),
        "crashed",
        harms=True,
    ),
    "forks_without_end": Fate(
        EATS,
        spoiled(HEAD + "import os\n    while True: os.fork()"),
        "crashed, timed_out or raised",
        harms=True,
    ),
    "fills_the_disk": Fate(
        EATS,
        spoiled(HEAD + "with open('big', 'wb') as file:\n        while True: file.write(bytes(10**7))"),
        "raised",
        harms=True,
    ),
    "prints_without_end": Fate(EATS, spoiled(HEAD + "while True: print('x' * 10000)"), "crashed", harms=True),
    "returns_2_gb": Fate(EATS, spoiled(HEAD + "return np.zeros(2**28)"), "crashed", harms=True),
    "noise_on_stderr": Fate(
        "correct, but warns on stderr",
        lambda: with_cell(
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
        "full marks",
    ),
    "equal_to_everything": Fate(ODD_VALUES, spoiled(EQUAL_TO_EVERYTHING), "wrong"),
    "returns_a_pickle_bomb": Fate(ODD_VALUES, spoiled(RETURNS_BOMB), "raised"),
    "returns_an_object_array": Fate(
        ODD_VALUES, spoiled(HEAD + "return np.array([None] * len(anchor), dtype=object)"), "raised"
    ),
    "returns_nan": Fate(ODD_VALUES, spoiled(HEAD + "return 0 * tf.reduce_sum(anchor, -1) / 0"), "wrong"),
    "sends_odd_arrays": Fate(ODD_VALUES, spoiled(SENDS_ODD_ARRAYS), "raised or wrong"),
    "patches_everything": Fate(PATCHES, spoiled(PATCHES_EVERYTHING), "raised or missing"),
    "remembers_the_questions": Fate(PATCHES, spoiled(REMEMBERS), "wrong"),
    "forged_verdict": Fate(FORGES, spoiled(FORGED_VERDICT), "wrong"),
    "forges_messages": Fate(FORGES, spoiled(FORGES_MESSAGES), "wrong or raised"),
    "reads_source": Fate(LOOKS, spoiled(READS_SOURCE), "raised"),
    "searches_memory": Fate(LOOKS, spoiled(SEARCHES_MEMORY), "raised"),
    "opens_a_socket": Fate(
        NETWORK,
        spoiled(HEAD + "import urllib.request\n    return urllib.request.urlopen('http://127.0.0.1')"),
        "raised",
    ),
    "resolves_a_name": Fate(
        NETWORK, spoiled(HEAD + "import socket\n    return socket.getaddrinfo('example.org', 80)"), "raised"
    ),
    "leaves_things_behind": Fate(LEAVES, lambda: with_cell(solved(), LEAVES_THINGS_BEHIND), "full marks"),
    "leaves_things_behind_too": Fate(
        LEAVES,
        lambda: with_cell(with_cell(solved(), FINDS_WHAT_WAS_LEFT), LEAVES_THINGS_BEHIND),
        "full marks",
    ),
    "without_test_cell": Fate(CELLS, without_test_cell, "full marks"),
    "test_cell_edited": Fate(CELLS, test_cell_edited, "full marks"),
    "duplicated_cells": Fate(CELLS, duplicated_cells, "full marks"),
    "moved_about": Fate(CELLS, moved_about, "full marks"),
    "test_cell_as_markdown": Fate(CELLS, test_cell_as_markdown, "full marks"),
    "solutions_as_raw_cells": Fate(CELLS, solutions_as_raw_cells, "full marks"),
    "grade_ids_swapped": Fate(CELLS, grade_ids_swapped, "full marks"),
    "points_in_metadata": Fate(CELLS, points_in_metadata, "not attempted"),
    "metadata_stripped": Fate(PROGRAMS, metadata_stripped, "full marks"),
    "nbformat_3": Fate(PROGRAMS, lambda: nbformat.writes(solved(), version=3).encode(), "full marks"),
    "run_out_of_order": Fate(PROGRAMS, run_out_of_order, "full marks"),
    "odd_json": Fate(PROGRAMS, odd_json, "full marks"),
    "scripts_in_markdown": Fate("scripts for whoever opens the feedback", scripts_in_markdown, "full marks"),
    "scripts_in_pictures": Fate(
        "scripts for whoever opens the feedback",
        lambda: with_cell(solved(), SCRIPT_IN_A_PICTURE),
        "full marks",
    ),
    "not_json": Fate(NO_NOTEBOOK, lambda: b"%PDF-1.7 this is my homework", "unreadable"),
    "truncated": Fate(NO_NOTEBOOK, lambda: bytes_of(solved())[:20_000], "unreadable"),
    "empty": Fate(NO_NOTEBOOK, lambda: b"", "unreadable"),
    "not_utf8": Fate(NO_NOTEBOOK, lambda: b"\xff\xfe\x00\xd8" + bytes_of(solved())[:99], "unreadable"),
    "nested_deeply": Fate(NO_NOTEBOOK, lambda: b'{"cells":' + b"[" * 200_000, "unreadable"),
    "half_a_gigabyte": Fate(NO_NOTEBOOK, lambda: b"{}", "unreadable", folder=half_a_gigabyte, harms=True),
    "another_assignment": Fate(
        NO_NOTEBOOK,
        lambda: bytes_of(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')", id="hello")])
        ),
        "unreadable",
    ),
    "own_modules": Fate(FOLDER, solved, "full marks", folder=own_modules),
    "wrong_file_name": Fate(FOLDER, solved, "full marks", folder=renamed),
    "two_notebooks": Fate(FOLDER, solved, "unreadable", folder=twice),
    "a_link": Fate(FOLDER, solved, "unreadable", folder=linked),
}
