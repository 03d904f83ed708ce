"""Networks of the course: VGG-16 for pictures, and the face encoder."""
