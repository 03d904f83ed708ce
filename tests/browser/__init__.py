"""The course as people use it: a real browser in JupyterLab, in formgrader and on the pages that we write."""
