"""What one notebook may use."""

from dataclasses import dataclass

MB = 1_000_000
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """What one notebook may use; whoever uses more is stopped and told so.

    Attributes:
        cell_seconds: wall time of one cell, seconds.
        exercise_seconds: wall time of all calls of one function together, seconds.
        notebook_seconds: wall time of all cells and calls of a notebook together, seconds.
        memory_bytes: resident memory of all processes of the notebook and of the files it wrote, bytes;
            watched from outside every tenth of a second.
        processes: processes and threads together. A TensorFlow kernel has about 16.
        file_bytes: size of one file, bytes.
        disk_bytes: size of each writable place (home, /tmp, /dev/shm), bytes. They lie in memory.
        open_files: open files of one process.
        output_bytes: what one cell may show, in characters of its outputs; the rest is cut.
        message_bytes: size of one message from the kernel, bytes; four times as much a cell in all.
        messages: messages from the kernel a cell.
        notebook_bytes: size of the file that was handed in, bytes.
        notebook_cells: cells in it.
    """

    cell_seconds: float = 60.0
    exercise_seconds: float = 20.0
    notebook_seconds: float = 600.0
    memory_bytes: int = 4 * GIB
    processes: int = 128
    file_bytes: int = 512 * MB
    disk_bytes: int = 512 * MB
    open_files: int = 1024
    output_bytes: int = 1 * MB
    message_bytes: int = 64 * MB
    messages: int = 10_000
    notebook_bytes: int = 100 * MB
    notebook_cells: int = 2_000
