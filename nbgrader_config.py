"""nbgrader's settings for this course: `nbgrader` on the command line and formgrader's buttons read them too."""

from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "convnets"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache", "*.py", "*.md"]

# A folder that ordinary users can create; nbgrader's own default is a system path.
c.Exchange.root = str(Path.home() / ".convnet-course" / "exchange")

c.ClearSolutions.code_stub = {
    "python": "# Your code here; then run this cell and the check below it.\n"
    'raise NotImplementedError("This exercise is not written yet: replace this line by your code.")'
}
c.ClearSolutions.enforce_metadata = True

# Feedback and formgrader show students' Markdown without anything that a browser would run.
c.HTMLExporter.filters = {"markdown2html": "autograder.markdown.harmless_markdown"}

# `nbgrader autograde` and formgrader's button grade through the same intake, sandbox and judge as `autograder grade`.
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader.Grade",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# The Validate button runs what the checks need: no long training, and no picture.
c.Execute.skip_cells_with_tag = "demo"
c.Execute.timeout = 120
