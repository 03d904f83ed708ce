"""Networks of the course: VGG-16 for pictures, and the face encoder."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def face_encoder(source: str = "course") -> "keras.Model":
    """f(x), ready made: grey faces (m, 56, 46) or (m, 112, 92) in [0, 1], to encodings (m, 128).

    Args:
        source: "course" is the course's own, trained by tools/train_face_encoder.py on people 1 to 30 of the
            AT&T faces (31 to 40 were never seen); its encodings have norm 1. "face-api" is somebody else's,
            trained on millions of faces, which needs npm once; its encodings have norms of about 1.4.

    Raises:
        ValueError: there is no such source.
        DataError: the weights are missing or damaged, or npm is.
    """
    if source not in ("course", "face-api"):
        raise ValueError(f"expected source 'course' or 'face-api', got {source!r}")
    from course.models import face_api, face_network

    return face_network.load() if source == "course" else face_api.load()
