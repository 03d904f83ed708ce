"""Measurements, not tests: what grading and learning cost. `make bench` runs them."""
