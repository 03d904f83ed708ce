"""Any Jupyter client can have its kernels in warm sandboxes."""

import nbformat
from nbclient import NotebookClient
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from autograder.sandbox import provisioner
from autograder.sandbox.provisioner import WarmKernelManager


def notebook_of(*sources: str) -> nbformat.NotebookNode:
    """A notebook of code cells."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell printed."""
    return ["".join(o.get("text", "") for o in cell.outputs) for cell in notebook.cells]


def test_nbclient_and_nbgrader_run_notebooks_inside() -> None:
    first = notebook_of("import os; print(os.getuid(), os.getcwd())", "open('left', 'w'); 1 / 0", "print(2)")
    NotebookClient(first, kernel_manager_class=WarmKernelManager, allow_errors=True).execute()
    assert printed(first) == ["1000 /home/student\n", "", "2\n"]

    second = notebook_of("import os; print(os.getuid(), os.path.exists('left'))")
    config = Config({"Execute": {"kernel_manager_class": "autograder.sandbox.provisioner.WarmKernelManager"}})
    Execute(config=config).preprocess(second, {"metadata": {"path": "."}})
    assert printed(second) == ["1000 False\n"]
    assert len(provisioner._idle) == 1  # both ran in the same sandbox
