"""Any Jupyter client can have a kernel in a warm sandbox."""

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from autograder.sandbox.provisioner import SPEC


class OneSpec(KernelSpecManager):  # type: ignore[misc]
    """Knows the warm sandbox whatever it is asked for."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return SPEC


def run(*sources: str) -> list[str]:
    """Run a notebook with nbclient; what each cell printed."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OneSpec())
    NotebookClient(notebook, km=manager, timeout=30, allow_errors=True).execute()
    return ["".join(o.get("text", "") for o in cell.outputs) for cell in notebook.cells]


def test_nbclient_runs_a_notebook_inside() -> None:
    first = run("import os; print(os.getuid(), os.getcwd())", "open('left', 'w'); print(os.listdir('/home'))")
    assert first == ["1000 /home/student\n", "['student']\n"]
    assert run("import os; print(os.path.exists('left'))") == ["False\n"]
