"""Questions put to real data: inputs and labels, already split so that nothing in the test set was near training."""
