"""`make fates`: every fate of a class through `autograder grade`, beside nbgrader and otter-grader on the same files."""
