"""What a kernel gives back: outputs, figures, errors, answers; and how a cell that does not end is ended."""

import pytest

from autograder.exercises import assignments
from autograder.sandbox import ANSWER_MIME, Execution, Kernel, WarmSandbox
from autograder.template import load_template


def printed(execution: Execution) -> str:
    """What the cell wrote to stdout."""
    return "".join(o.text for o in execution.outputs if o.output_type == "stream" and o.name == "stdout")


def test_outputs_come_back_in_order(kernel: Kernel) -> None:
    execution = kernel.execute(
        "import sys\nprint('one')\nprint('two')\nprint('three', file=sys.stderr)\n40 + 2"
    )
    assert execution.status == "ok"
    kinds = [(o.output_type, o.get("name"), o.get("text")) for o in execution.outputs]
    assert kinds[:2] == [("stream", "stdout", "one\ntwo\n"), ("stream", "stderr", "three\n")]
    assert execution.outputs[2].data["text/plain"] == "42"
    assert (execution.error, execution.answers, execution.reason) == (None, [], "")


def test_answers_come_back_apart_from_outputs(kernel: Kernel) -> None:
    code = (
        f"from IPython.display import display\nfor a in 'ab': display({{{ANSWER_MIME!r}: a * 3}}, raw=True)"
    )
    execution = kernel.execute(code)
    assert execution.answers == ["aaa", "bbb"]
    assert execution.outputs == []


def test_figure_comes_back_as_png(kernel: Kernel) -> None:
    execution = kernel.execute("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);")
    images = [o.data["image/png"] for o in execution.outputs if "image/png" in o.get("data", {})]
    assert len(images) == 1
    assert images[0].startswith("iVBOR")  # a PNG file in base64


def test_error_has_name_and_text(kernel: Kernel) -> None:
    execution = kernel.execute("print('before')\n{}['key']")
    assert execution.status == "error"
    assert execution.error == ("KeyError", "'key'")
    assert [o.output_type for o in execution.outputs] == ["stream", "error"]
    assert kernel.execute("1").status == "ok"


def test_restart_gives_a_clean_kernel(kernel: Kernel) -> None:
    kernel.execute("a = 1")
    kernel.restart()
    execution = kernel.execute("a")
    assert execution.error == ("NameError", "name 'a' is not defined")


def test_tensorflow_trains_a_model(kernel: Kernel) -> None:
    code = """
import keras, numpy as np
keras.utils.set_random_seed(1)
X = np.random.rand(64, 3).astype("float32"); Y = X.sum(1, keepdims=True)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.05), "mse")
losses = model.fit(X, Y, epochs=30, verbose=0).history["loss"]
print(losses[-1] < losses[0] / 5)
"""
    assert printed(kernel.execute(code)) == "True\n"


def test_infinite_loop_is_interrupted(kernel: Kernel) -> None:
    kernel.execute("a = 7")
    execution = kernel.execute("print('begin')\nwhile True: pass", seconds=1)
    assert (execution.status, execution.reason) == ("timed_out", "ran longer than 1 seconds")
    assert printed(execution) == "begin\n"
    assert printed(kernel.execute("print(a)")) == "7\n"


def test_loop_that_swallows_interrupts_is_killed(kernel: Kernel) -> None:
    loop = "while True:\n    try:\n        for _ in iter(int, 1): pass\n    except BaseException: pass"
    execution = kernel.execute(loop, seconds=1)
    assert (execution.status, kernel.alive) == ("timed_out", False)
    assert kernel.execute("1").status == "died"
    kernel.restart()
    assert kernel.execute("1").status == "ok"


@pytest.mark.parametrize(
    "end",
    ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)", "import os; os.kill(os.getpid(), 9)"],
)
def test_kernel_that_ends_has_died_and_can_be_restarted(kernel: Kernel, end: str) -> None:
    execution = kernel.execute("print('last words', flush=True)\n" + end)
    assert (execution.status, execution.reason, kernel.alive) == ("died", "the kernel died", False)
    kernel.restart()
    assert kernel.execute("1").status == "ok"


def test_time_of_the_notebook_is_limited(sandbox: WarmSandbox) -> None:
    with sandbox.kernel() as kernel:
        kernel._seconds_left = 0.5
        execution = kernel.execute("while True: pass")
        assert execution.status == "timed_out"
        assert execution.reason == "the notebook ran longer than 600 seconds in all"
        assert kernel.execute("1").status == "timed_out"


def test_what_notebooks_import_is_there_already(kernel: Kernel) -> None:
    """What the fork server had imported is frozen, and so not among the objects that gc knows of."""
    for assignment in assignments():
        assert kernel.execute(load_template(assignment).imports).status == "ok"
    code = "import gc, sys; new = set(map(id, gc.get_objects()))\n"
    code += "print(*sorted(name for name, module in sys.modules.items() if id(module) in new))"
    assert printed(kernel.execute(code)).split() == []
    assert printed(kernel.execute("print(gc.isenabled())")) == "True\n"
