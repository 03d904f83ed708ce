"""System calls closed to students' code: a classic BPF program for seccomp(2), made by hand as it is short.

What they would open: other namespaces and mounts, kernel interfaces with a history of holes, key rings and
System V objects that outlive a notebook, memory that the watcher does not see, and sockets that network
namespaces do not close (AF_VSOCK reaches the host of a virtual machine).
"""

import errno
import platform
import struct

# System call -> its number on x86_64 and on aarch64 (Linux: arch/x86/entry/syscalls, include/uapi/asm-generic).
CLOSED = {
    **{"unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39)},
    **{"open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "mount_setattr": (442, 442)},
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271)},
    **{"pidfd_getfd": (438, 438), "kcmp": (312, 272), "bpf": (321, 280), "perf_event_open": (298, 241)},
    **{"userfaultfd": (323, 282), "io_uring_setup": (425, 425)},
    **{"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)},
    **{"shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180)},
    **{"memfd_create": (319, 279), "memfd_secret": (447, 447)},
}
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # linux/audit.h
X32 = 0x40000000  # x86_64 numbers from here on are another interface

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # linux/bpf_common.h
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
ALLOW, KILL = 0x7FFF0000, 0x80000000


def supported() -> bool:
    """Whether the system calls of this machine are known here."""
    return platform.machine() in ARCHITECTURES


def program() -> bytes:
    """The filter for this machine: struct sock_filter one after the other, 8 bytes each."""
    column = list(ARCHITECTURES).index(platform.machine())
    lines = [
        *[line(LOAD, ARCHITECTURE), line(JUMP_EQUAL, ARCHITECTURES[platform.machine()], 1, 0)],
        *[line(RETURN, KILL), line(LOAD, NUMBER), line(JUMP_AT_LEAST, X32, 0, 1), refuse(errno.ENOSYS)],
    ]
    for numbers in CLOSED.values():
        lines += [line(JUMP_EQUAL, numbers[column], 0, 1), refuse(errno.EPERM)]
    # The flags of clone3 lie in memory, where a filter cannot see them; without it, libc takes clone.
    lines += [line(JUMP_EQUAL, CLONE3[column], 0, 1), refuse(errno.ENOSYS)]
    lines += [line(JUMP_EQUAL, CLONE[column], 0, 4), line(LOAD, FIRST_ARGUMENT)]
    lines += [line(JUMP_ANY_BIT, NEW_NAMESPACES, 0, 1), refuse(errno.EPERM), line(RETURN, ALLOW)]
    lines += [line(JUMP_EQUAL, SOCKET[column], 0, len(FAMILIES) + 2), line(LOAD, FIRST_ARGUMENT)]
    lines += [line(JUMP_EQUAL, family, len(FAMILIES) - i, 0) for i, family in enumerate(FAMILIES)]
    return b"".join([*lines, refuse(errno.EAFNOSUPPORT), line(RETURN, ALLOW)])


def line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; the last two say how many instructions to jump over."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def refuse(number: int) -> bytes:
    """Let the system call fail with this errno."""
    return line(RETURN, 0x00050000 | number)
