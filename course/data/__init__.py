"""Real data for every notebook: a function fetches on its first call, and reads from the cache afterwards."""

from course.data.att_faces import TEST_PEOPLE, TRAIN_PEOPLE, Faces, faces, shrink
from course.data.carriers import DataError, cache_folder

__all__ = ["TEST_PEOPLE", "TRAIN_PEOPLE", "DataError", "Faces", "cache_folder", "faces", "shrink"]
