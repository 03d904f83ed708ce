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
    "allocates_100_gb": spoiled(HEAD + "kept = []\n    while True: kept.append(np.ones(10**7))"),
    "forks_without_end": spoiled(HEAD + "import os\n    while True: os.fork()"),
    "fills_the_disk": spoiled(
        HEAD + "with open('big', 'wb') as file:\n        while True: file.write(bytes(10**7))"
    ),
    "prints_without_end": spoiled(HEAD + "while True: print('x' * 10000)"),
    "returns_2_gb": spoiled(HEAD + "return np.zeros(2**28)"),
    "patches_everything": spoiled(PATCHES_EVERYTHING),
    "opens_a_socket": spoiled(
        HEAD + "import urllib.request\n    return urllib.request.urlopen('http://127.0.0.1')"
    ),
    "resolves_a_name": spoiled(HEAD + "import socket\n    return socket.getaddrinfo('example.org', 80)"),
    "leaves_things_behind": lambda: with_cell(solved(), LEAVES_THINGS_BEHIND),
    "leaves_things_behind_too": lambda: with_cell(
        with_cell(solved(), FINDS_WHAT_WAS_LEFT), LEAVES_THINGS_BEHIND
    ),
    "returns_a_pickle_bomb": spoiled(RETURNS_BOMB),
    "returns_an_object_array": spoiled(HEAD + "return np.array([None] * len(anchor), dtype=object)"),
    "nbformat_3": lambda: nbformat.writes(solved(), version=3).encode(),
    "run_out_of_order": run_out_of_order,
    "scripts_in_markdown": scripts_in_markdown,
    "not_json": lambda: b"%PDF-1.7 this is my homework",
    "empty": lambda: b"",
    "another_assignment": lambda: nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')", id="hello")])
    ).encode(),
}
