"""Feedback pages: nbgrader's template and preprocessors, without what would cost seconds a class.

What differs from nbgrader's `GenerateFeedback`: the marks are given instead of asked for cell by cell, the notebook,
which the grader has just made, is not validated after every step, and the finished page is not parsed again as HTML.
"""

from functools import lru_cache
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback

from autograder.gradebook import Marks
from autograder.template import Template

CELLS = 1000
"""So many cells' code is kept coloured; most of a class's cells are the released ones."""


class FeedbackPages(HTMLExporter):
    """Makes feedback pages for an assignment, with the configuration of nbgrader's converter."""

    def __init__(self, converter: GenerateFeedback, template: Template) -> None:
        super().__init__(parent=converter, config=converter.config)
        self._assignment = template.assignment
        self.register_preprocessor(CSSHTMLHeaderPreprocessor)
        self.register_filter("highlight_code", Highlighter(template.notebook.metadata.language_info.name))

    def page(self, notebook: NotebookNode, marks: Marks) -> str:
        """The page on a graded notebook; the notebook stays as it is."""
        names = {"notebook": self._assignment, "assignment": self._assignment}
        points = {"score": marks.score, "max_score": marks.max_score, "late_penalty": marks.late_penalty}
        resources = self._init_resources({"unique_key": self._assignment, "nbgrader": {**names, **points}})
        marked = {**notebook, "cells": [_marked(cell, marks) for cell in notebook.cells]}
        page, _ = TemplateExporter.from_notebook_node(self, NotebookNode(marked), resources)
        return str(page)

    def _validate_preprocessor(self, nbc: NotebookNode, preprocessor: Any) -> None:
        pass


class Highlighter:
    """Code as coloured HTML; the same code is coloured once."""

    def __init__(self, language: str) -> None:
        self._coloured = lru_cache(CELLS)(Highlight2HTML(pygments_lexer=language))

    def __call__(self, source: str, language: str | None = None, metadata: Any = None) -> str:
        """nbconvert's filter: of the metadata, only the language of a cell magic counts."""
        return str(self._coloured(source, language or (metadata or {}).get("magics_language")))


def _marked(cell: NotebookNode, marks: Marks) -> NotebookNode:
    nbgrader = cell.metadata.get("nbgrader", {})
    more = marks.cells.get(nbgrader.get("grade_id"), {})
    metadata = NotebookNode({**cell.metadata, "nbgrader": NotebookNode({**nbgrader, **more})})
    return NotebookNode({**cell, "metadata": metadata}) if more else cell
