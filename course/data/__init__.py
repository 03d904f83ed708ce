"""Real data for every notebook: a function fetches on its first call, and reads from the cache afterwards."""

from course.data.att_faces import TEST_PEOPLE, TRAIN_PEOPLE, Faces, faces, shrink
from course.data.carriers import DataError, cache_folder
from course.data.photo_album import album
from course.data.pictures import photographs, picture
from course.data.recordings import FILMS, Brain, Heartbeat, brain, film_frames, heartbeat
from course.data.styles import STYLES, style_picture, style_pictures

__all__ = [
    "FILMS",
    "STYLES",
    "TEST_PEOPLE",
    "TRAIN_PEOPLE",
    "Brain",
    "DataError",
    "Faces",
    "Heartbeat",
    "album",
    "brain",
    "cache_folder",
    "faces",
    "film_frames",
    "heartbeat",
    "photographs",
    "picture",
    "shrink",
    "style_picture",
    "style_pictures",
]
