"""Whatever is uploaded becomes a sound notebook with every exercise once, or is refused with a sentence."""

import copy
import gzip
import json
import random
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import intake
from autograder.intake import CleanNotebook, UnreadableError, clean
from autograder.sandbox import Limits
from autograder.template import Template, template_of

STUB = "def {name}(x):\n    # Your code here\n    raise NotImplementedError('not written yet')"
RIGHT = "def {name}(x):\n    return {name!r}"
DRAFT = "def {name}(x):\n    return 'draft'"
NAMES = ("square", "cube", "root")
STUBBED, WRITTEN = STUB.format(name="square"), RIGHT.format(name="square")
IN_AN_IF = "if True:\n    def square(x):\n        return 'square'"
IDS = [None, 7, [], {}, "", "ä b", "x" * 65]


def nbgrader(grade_id: str, solution: bool) -> dict[str, Any]:
    points = {} if solution else {"points": 2}
    more = {
        "schema_version": 3,
        "task": False,
        "locked": not solution,
        "cell_type": "code",
        "checksum": "0" * 32,
    }
    return {"nbgrader": {"grade_id": grade_id, "solution": solution, "grade": not solution} | more | points}


def released() -> NotebookNode:
    cells = [
        new_markdown_cell("# Powers", id="title"),
        new_code_cell("import numpy as np", id="imports"),
        new_code_cell("train()", id="training", metadata={"tags": ["demo"]}),
    ]
    for name in NAMES:
        solution, test = nbgrader(name, True), nbgrader(f"test_{name}", False)
        cells.append(new_markdown_cell(f"Now the {name}.", id=f"about-{name}"))
        cells.append(new_code_cell(STUB.format(name=name), id=name, metadata=solution))
        cells.append(new_code_cell(f"check({name})", id=f"test-{name}", metadata=test))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


TEMPLATE: Template = template_of("00_powers", released())


def solved() -> dict[str, Any]:
    """The released notebook with every exercise right, as plain JSON."""
    document = json.loads(nbformat.writes(released()))
    for cell in document["cells"]:
        cell["source"] = RIGHT.format(name=cell["id"]) if cell["id"] in NAMES else "".join(cell["source"])
    return document


def place(document: dict[str, Any], cell_id: str) -> int:
    return next(i for i, cell in enumerate(document["cells"]) if cell.get("id") == cell_id)


def cell(document: dict[str, Any], cell_id: str) -> dict[str, Any]:
    return document["cells"][place(document, cell_id)]


def code(source: str, **more: Any) -> dict[str, Any]:
    """A code cell as some program writes it."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    } | more


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


def cleaned(document: Any, limits: Limits = Limits()) -> CleanNotebook:  # noqa: B008 (frozen)
    return clean(document if isinstance(document, bytes) else encoded(document), TEMPLATE, limits)


def graded_cell(found: CleanNotebook, grade_id: str) -> NotebookNode:
    (only,) = [
        cell for cell in found.notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    return only


def answer(found: CleanNotebook, name: str) -> Any:
    """What the notebook's function gives when its cells are run in order, stubs and demos passed over."""
    namespace: dict[str, Any] = {}
    for each in found.notebook.cells:
        if each.cell_type == "code" and "def " in each.source:
            exec(each.source, namespace)
    return namespace[name](0)


def assert_sound(found: CleanNotebook) -> None:
    """Valid, with every exercise's two cells once, in the release's words but for the solution's text."""
    nbformat.validate(found.notebook)
    ids = [each.id for each in found.notebook.cells]
    assert len(set(ids)) == len(ids)
    assert intake.GRADERS_CELL not in ids
    assert found.notebook.metadata == TEMPLATE.notebook.metadata
    for name, slot in TEMPLATE.slots.items():
        solution, test = graded_cell(found, name), graded_cell(found, f"test_{name}")
        assert test == slot.test
        assert {**solution, "source": ""} == {**slot.solution, "source": ""}
    assert len([each for each in found.notebook.cells if "nbgrader" in each.metadata]) == 2 * len(NAMES)
    nbformat.writes(found.notebook).encode()


def change(**edits: Any) -> Any:
    """An edit of the cell of `square`."""
    return lambda document: cell(document, "square").update(edits)


def each_cell(**edits: Any) -> Any:
    def edit(document: dict[str, Any]) -> None:
        for each in document["cells"]:
            each.update(copy.deepcopy(edits))

    return edit


def without(*names: str) -> Any:
    def edit(document: dict[str, Any]) -> None:
        for each in document["cells"]:
            for name in names:
                each.pop(name, None)

    return edit


def insert(*cells: Any, before: str = "square") -> Any:
    def edit(document: dict[str, Any]) -> None:
        at = place(document, before)
        document["cells"][at:at] = cells

    return edit


def copied(cell_id: str, to: str, **edits: Any) -> Any:
    """A copy of a cell, its metadata with it, as JupyterLab pastes it."""

    def edit(document: dict[str, Any]) -> None:
        document["cells"].insert(place(document, to), {**copy.deepcopy(cell(document, cell_id)), **edits})

    return edit


def deleted(*cell_ids: str) -> Any:
    def edit(document: dict[str, Any]) -> None:
        document["cells"] = [each for each in document["cells"] if each["id"] not in cell_ids]

    return edit


def moved(cell_id: str, to: str) -> Any:
    def edit(document: dict[str, Any]) -> None:
        taken = document["cells"].pop(place(document, cell_id))
        document["cells"].insert(place(document, to), taken)

    return edit


def renamed(cell_id: str, grade_id: str) -> Any:
    def edit(document: dict[str, Any]) -> None:
        cell(document, cell_id)["metadata"]["nbgrader"]["grade_id"] = grade_id

    return edit


def one_cell_for_all(document: dict[str, Any]) -> None:
    document["cells"] = [code("\n\n".join(RIGHT.format(name=name) for name in NAMES))]


def version_3(document: dict[str, Any]) -> None:
    for each in document["cells"]:
        if each["cell_type"] == "code":
            each["input"] = each.pop("source")
    cells = document.pop("cells")
    document.update(nbformat=3, nbformat_minor=0, worksheets=[{"cells": cells[:5]}, {"cells": cells[5:]}])


def colab(document: dict[str, Any]) -> None:
    document["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    for number, each in enumerate(document["cells"]):
        each["metadata"] |= {"id": f"x{number}", "colab": {"base_uri": "https://localhost"}, "outputId": "7"}
        each["source"] = each["source"].splitlines(keepends=True)
        del each["id"]


def kaggle(document: dict[str, Any]) -> None:
    for each in document["cells"]:
        each["metadata"] = {"_uuid": "8f2839f25d", "trusted": True, **each["metadata"]}
        each["execution_count"] = 10**9
        each["outputs"] = [
            {"output_type": "display_data", "data": {"text/html": "x" * 100_000}, "metadata": {}}
        ]


# What programs and students do to a notebook that is right: edit -> what the repairs must mention.
SQUARE_LOST = "The cell of square had lost its mark"
REPAIRED: dict[str, tuple[Any, str]] = {
    "untouched": (lambda document: None, ""),
    "source as lines": (lambda d: [c.update(source=c["source"].splitlines(True)) for c in d["cells"]], ""),
    "Windows line breaks": (lambda d: [c.update(source=c["source"].replace("\n", "\r\n")) for c in d["cells"]], ""),
    "old Mac line breaks": (lambda d: [c.update(source=c["source"].replace("\n", "\r")) for c in d["cells"]], ""),
    "no ids": (without("id"), ""),
    "the same id everywhere": (each_cell(id="a"), ""),
    "the ids of graded cells": (lambda d: [c.update(id="test-square") for c in d["cells"]], ""),
    "ids of every type": (lambda d: [c.update(id=IDS[i % 7]) for i, c in enumerate(d["cells"])], ""),
    "the grader's own id": (insert(code("1", id=intake.GRADERS_CELL)), ""),
    "no outputs, no counts": (without("outputs", "execution_count"), ""),
    "no metadata": (without("metadata"), SQUARE_LOST),
    "empty metadata": (each_cell(metadata={}), SQUARE_LOST),
    "metadata that are a list": (each_cell(metadata=[1]), SQUARE_LOST),
    "nbgrader metadata that are a text": (each_cell(metadata={"nbgrader": "x"}), SQUARE_LOST),
    "grade ids that are lists": (each_cell(metadata={"nbgrader": {"grade_id": ["square"]}}), SQUARE_LOST),
    "forged points": (lambda d: cell(d, "test-square")["metadata"]["nbgrader"].update(points=1000), ""),
    "a solution that says it is a test": (lambda d: cell(d, "square")["metadata"]["nbgrader"].update(grade=True), ""),
    "attachments, tags and more in a cell": (each_cell(attachments={"a": 1}, jupyter={}, tags="demo"), ""),
    "nbformat 4.0": (lambda d: d.update(nbformat_minor=0), ""),
    "nbformat from the future": (lambda d: d.update(nbformat=5, nbformat_minor=99), ""),
    "nbformat of a text": (lambda d: d.update(nbformat="four"), ""),
    "no nbformat": (lambda d: d.pop("nbformat"), ""),
    "nbformat 3": (version_3, ""),
    "worksheets beside the cells": (lambda d: d.update(worksheets=None), ""),
    "Colab": (colab, ""),
    "Kaggle": (kaggle, ""),
    "Visual Studio Code": (each_cell(vscode={"languageId": "python"}), ""),
    "notebook metadata of any type": (lambda d: d.update(metadata=None), ""),
    "cells that are none": (insert(None, 7, "x", [], {}), ""),
    "sources that are none": (insert(code(None), code(7), code({}), code([1, "a", None])), ""),  # type: ignore[arg-type]
    "NUL characters": (insert(code("x = '\x00'")), ""),
    "half a surrogate pair": (insert(code("x = '\ud800'"), new_markdown_cell("\udfff")), ""),
    "a raw cell": (insert({"cell_type": "raw", "source": "<script>", "metadata": {}}), ""),
    "a cell of no known type": (insert({"cell_type": ["code"], "source": "x", "metadata": 3}), ""),
    "a very long cell": (insert(code("#" * (intake.MAX_SOURCE + 1))), "was cut off"),
    "cells run out of order": (each_cell(execution_count=-(10**400)), ""),
    "test cell deleted": (deleted("test-square"), "The test cell of square was missing"),
    "all test cells deleted": (deleted(*(f"test-{name}" for name in NAMES)), "The test cell of root was missing"),
    "test cell edited": (lambda d: cell(d, "test-square").update(source="print(10)"), "square had been changed"),
    "test cell emptied": (lambda d: cell(d, "test-square").update(source=" \n"), "square had been changed"),
    "test cell turned into text": (
        lambda d: cell(d, "test-square").update(cell_type="markdown"),
        "square had been changed",
    ),
    "test cell copied": (copied("test-square", "root"), "The test cell of square was there 2 times"),
    "test cell moved up": (moved("test-root", "imports"), ""),
    "test cell renamed": (renamed("test-square", "test_cube_2"), "The test cell of square was missing"),
    "tests exchanged": (
        lambda d: (renamed("test-square", "test_cube")(d), renamed("test-cube", "test_square")(d)),
        "The test cell of cube had been changed",
    ),
    "solution cell copied": (copied("square", "root"), "The cell of square was there 2 times"),
    "stub after the right one": (copied("square", "root", source=STUBBED), "2 times"),
    "stub after the right one, on Windows": (copied("square", "root", source=STUBBED.replace("\n", "\r\n")), "2 times"),
    "stub before the right one": (copied("square", "imports", source=STUBBED), "2 times"),
    "draft before the right one": (copied("square", "square", source=DRAFT.format(name="square")), "2 times"),
    "solution turned into text": (change(cell_type="markdown"), "turned back into code"),
    "solution turned raw": (change(cell_type="raw"), "turned back into code"),
    "solution renamed": (renamed("square", "square_2"), SQUARE_LOST),
    "solution in a cell of its own, stub left": (
        lambda d: (insert(code(WRITTEN), before="cube")(d), change(source=STUBBED)(d)),
        "another one that defines the function counts",
    ),
    "solution above its stub": (
        lambda d: (insert(code(WRITTEN), before="imports")(d), change(source=STUBBED)(d)),
        "another one that defines the function counts",
    ),
    "solution in its emptied cell's test": (
        lambda d: (cell(d, "test-square").update(source=WRITTEN), change(source="")(d)),
        "another one that defines the function counts",
    ),
    "solution in another exercise's cell": (
        lambda d: (
            change(source=STUBBED)(d),
            cell(d, "cube").update(source=WRITTEN + "\n\n" + RIGHT.format(name="cube")),
        ),
        "another one that defines the function counts",
    ),
    "every function in one cell": (one_cell_for_all, SQUARE_LOST),
    "every function in one cell without a mark, stubs left": (
        lambda d: (one_cell_for_all(d), d["cells"].extend(json.loads(nbformat.writes(released()))["cells"])),
        "another one that defines the function counts",
    ),
    "solution cell deleted, function in an if": (
        lambda d: (deleted("square")(d), insert(code(IN_AN_IF), before="imports")(d)),
        "The cell of square was missing",
    ),
    "a lambda without a mark": (
        lambda d: (deleted("square")(d), insert(code("square = lambda x: 'square'  # not a def "), before="cube")(d)),
        SQUARE_LOST,
    ),
    "a helper pasted into a copy of a test cell": (
        lambda d: (
            copied("test-square", "square", source="def helper():\n    return 'square'")(d),
            change(source="def square(x):\n    return helper()")(d),
        ),
        "The test cell of square was there 2 times",
    ),
    "a syntax error elsewhere": (insert(code("class :")), ""),
    "cells in reverse": (lambda d: d["cells"].reverse(), ""),
    "a thousand cells more": (insert(*[code(str(n)) for n in range(1000)]), ""),
}  # fmt: skip

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blanks": (b" \n\t", "empty"),
    "PDF": (b"%PDF-1.7 my homework", "a PDF"),
    "gzip": (gzip.compress(encoded(solved())), "a gzip archive"),
    "zip": (b"PK\x03\x04...", "a zip archive"),
    "login page": (b"\n<!doctype html><title>Log in</title>", "a web page"),
    "Python": (b"import numpy as np", "not JSON text"),
    "truncated": (encoded(solved())[:-20], "not JSON text"),
    "two notebooks on end": (encoded(solved()) * 2, "not JSON text"),
    "not Unicode": (encoded(solved()).replace(b"Powers", b"\xff\xfe\xfa"), "not JSON text"),
    "NUL bytes": (bytes(1000), "not JSON text"),
    "depth 100,000": (b"[" * 100_000 + b"]" * 100_000, "not JSON text"),
    "a deep cell": (b'{"cells": [' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}", "not JSON text"),
    "an endless integer": (b'{"cells": [' + b"9" * 10_000 + b"]}", "not JSON text"),
    "a list": (encoded(solved()["cells"]), "no Jupyter notebook"),
    "a number": (b"10", "no Jupyter notebook"),
    "null": (b"null", "no Jupyter notebook"),
    "NaN": (b"NaN", "no Jupyter notebook"),
    "no cells": (b"{}", "no list of cells"),
    "cells that are a dict": (b'{"cells": {"0": {}}}', "no list of cells"),
    "cells that are null": (b'{"cells": null}', "no list of cells"),
    "worksheets that are a dict": (b'{"worksheets": {"cells": []}}', "no list of cells"),
    "no cell": (b'{"cells": []}', "none of the exercises of 00_powers"),
    "100,000 cells": (encoded({"cells": [{}] * 100_000}), "100,000 cells"),
    "another assignment": (
        encoded({"cells": [code("def conv1d(x):\n    return x")]}),
        "none of the exercises",
    ),
    "ten million values": (b'{"cells": [' + b"0," * 10_000_000 + b"0]}", "values"),
}


@pytest.mark.parametrize("name", REPAIRED)
def test_a_right_notebook_stays_right_with(name: str) -> None:
    edit, told = REPAIRED[name]
    document = solved()
    edit(document)
    found = cleaned(document)
    assert_sound(found)
    assert [answer(found, each) for each in NAMES] == list(NAMES)
    assert "draft" not in graded_cell(found, "square").source
    assert any(told in repair for repair in found.repairs) if told else found.repairs == ()


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_sentence(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(UnreadableError) as refusal:
        cleaned(data)
    assert words in str(refusal.value)
    assert str(refusal.value)[0].isupper()
    assert str(refusal.value)[-1] in ".?"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_any_unicode_encoding_is_read(encoding: str) -> None:
    assert_sound(cleaned(json.dumps(solved(), ensure_ascii=False).encode(encoding)))


def test_json_that_python_alone_would_write_is_read() -> None:
    data = encoded(solved())[:-1] + b', "x": [NaN, -Infinity, 1e999], "cells_": 1, "cells_": 2}'
    assert_sound(cleaned(data))


def test_a_file_of_more_than_the_limit_is_refused() -> None:
    data = encoded(solved())
    assert_sound(cleaned(data, Limits(notebook_bytes=len(data))))
    with pytest.raises(UnreadableError, match=f"at most {len(data) - 1:,} are read"):
        cleaned(data, Limits(notebook_bytes=len(data) - 1))


def test_a_notebook_of_more_cells_than_the_limit_is_refused() -> None:
    number = len(solved()["cells"])
    assert_sound(cleaned(solved(), Limits(notebook_cells=number)))
    with pytest.raises(UnreadableError, match=f"has {number} cells; at most {number - 1} are read"):
        cleaned(solved(), Limits(notebook_cells=number - 1))


def test_a_blank_notebook_stays_blank() -> None:
    found = cleaned(nbformat.writes(released()).encode())
    assert_sound(found)
    assert found.repairs == ()
    assert [each.source for each in found.notebook.cells] == [each.source for each in released().cells]


def test_what_is_missing_is_said_and_runs_nothing() -> None:
    document = solved()
    deleted("square", "cube")(document)
    found = cleaned(document)
    assert_sound(found)
    assert "The cell of cube was missing." in found.repairs
    assert graded_cell(found, "square").source.startswith("#")
    assert answer(found, "root") == "root"


def test_of_a_submissions_metadata_nothing_is_kept() -> None:
    document = solved()
    document["metadata"] = {"kernelspec": {"name": "evil"}, "autograder": {"row": 10}, "widgets": {}}
    insert(code("1", metadata={"tags": ["demo"], "nbgrader": {"grade": True, "points": 9}}))(document)
    found = cleaned(document)
    assert_sound(found)
    assert all(
        set(each.metadata) <= {"tags"} for each in found.notebook.cells if "nbgrader" not in each.metadata
    )
    assert all(each.outputs == [] for each in found.notebook.cells if each.cell_type == "code")


def test_students_own_cells_are_kept_in_order() -> None:
    document = solved()
    insert(code("first = 1"), {"cell_type": "markdown", "source": "note"}, code("second = 2"))(document)
    sources = [each.source for each in cleaned(document).notebook.cells]
    assert sources.index("first = 1") < sources.index("note") < sources.index("second = 2")


def test_an_exhausted_supply_of_ids_does_not_stall_it() -> None:
    document = solved()
    ids = [f"cell-{n}" for n in range(50)] + ["-x" * 32] * 5 + ["cell-3"] * 5
    insert(*[code(str(n), id=cell_id) for n, cell_id in enumerate(ids)])(document)
    assert_sound(cleaned(document))


def test_long_hostile_cells_are_searched_in_bounded_time() -> None:
    """Each would take a parser seconds; there are many, and many exercises."""
    document = solved()
    each_cell(metadata={})(document)
    long = ["x = 1\n" * 100_000, "async " + " " * 500_000, "def " * 100_000, "-" * 500_000, "(" * 500_000]
    insert(*map(code, long * 4))(document)
    assert_sound(cleaned(document))


JUNK: list[Any] = [
    None, 0, -1, 1e999, "", "x", [], {}, [[]], ["a", 1], {"nbgrader": {"grade_id": "square"}}, "code", "markdown", "raw",
    "square", "test_square", "check(square)", "\ud800", "\x00", "def square(x):\n    pass", "a" * 70, True, 10**30,
]  # fmt: skip


def paths(node: Any, path: tuple = ()) -> list[tuple]:
    """Where something can be changed in a JSON tree."""
    items = (
        list(node.items())
        if isinstance(node, dict)
        else list(enumerate(node))
        if isinstance(node, list)
        else []
    )
    return [path, *(found for key, inner in items for found in paths(inner, (*path, key)))]


def mutated(document: Any, dice: random.Random) -> Any:
    """One random change somewhere: a value replaced, removed, doubled or exchanged."""
    path = dice.choice(paths(document))
    if not path:
        return document if dice.random() < 0.9 else dice.choice(JUNK)
    *way, last = path
    node = document
    for key in way:
        node = node[key]
    kind = dice.choice(["replace", "remove", "double", "move"])
    if kind == "replace" or (isinstance(node, dict) and kind != "remove"):
        node[last] = copy.deepcopy(dice.choice(JUNK))
    elif kind == "remove":
        del node[last]
    elif kind == "double":
        node.insert(dice.randrange(len(node) + 1), copy.deepcopy(node[last]))
    else:
        node.insert(dice.randrange(len(node)), node.pop(last))
    return document


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_a_mutated_notebook_is_sound_or_refused(seed: int, changes: int) -> None:
    document, dice = solved(), random.Random(seed)
    for _ in range(changes):
        document = mutated(document, dice)
    try:
        found = cleaned(document)
    except UnreadableError as refusal:
        assert str(refusal)[-1] in ".?"
        return
    assert_sound(found)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_mutated_bytes_are_sound_or_refused(seed: int) -> None:
    data, dice = bytearray(encoded(solved())), random.Random(seed)
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(data))
        data[at : at + dice.randint(0, 4)] = bytes(dice.randrange(256) for _ in range(dice.randint(0, 4)))
    try:
        found = cleaned(bytes(data))
    except UnreadableError as refusal:
        assert str(refusal)[-1] in ".?"
        return
    assert_sound(found)
