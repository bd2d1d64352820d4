"""Runs a program on a machine that refuses system calls: refusing.py namespaces,landlock PROGRAM ARGUMENT...

namespaces: unshare, setns and mounts are forbidden, as in most containers. landlock: the kernel has none.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": (0xC000003E, {"unshare": 272, "setns": 308, "clone": 56, "mount": 165, "pivot_root": 155}),
    "aarch64": (0xC00000B7, {"unshare": 97, "setns": 268, "clone": 220, "mount": 40, "pivot_root": 41}),
}
NEW = {"open_tree": 428, "move_mount": 429, "fsopen": 430, "mount_setattr": 442, "clone3": 435}
LANDLOCK = [444, 445, 446]
LOAD, EQUAL, SET, RETURN = 0x20, 0x15, 0x45, 0x06
REFUSE, ALLOW = 0x00050000, 0x7FFF0000
NAMESPACES = 0x7E020000


def instruction(code, value, true=0, false=0):
    return struct.pack("HBBI", code, true, false, value)


def program(refused):
    _, calls = NUMBERS[platform.machine()]
    code = [instruction(LOAD, 0)]

    def refuse(number, error):
        code.extend([instruction(EQUAL, number, 0, 1), instruction(RETURN, REFUSE | error)])

    if "namespaces" in refused:
        for name in ("unshare", "setns", "mount", "pivot_root"):
            refuse(calls[name], errno.EPERM)
        for name in ("open_tree", "move_mount", "fsopen", "mount_setattr"):
            refuse(NEW[name], errno.EPERM)
        refuse(NEW["clone3"], errno.ENOSYS)
        code.extend(
            [
                instruction(EQUAL, calls["clone"], 0, 4),
                instruction(LOAD, 16),
                instruction(SET, NAMESPACES, 0, 1),
                instruction(RETURN, REFUSE | errno.EPERM),
                instruction(RETURN, ALLOW),
            ]
        )
    if "landlock" in refused:
        for number in LANDLOCK:
            refuse(number, errno.ENOSYS)
    code.append(instruction(RETURN, ALLOW))
    return b"".join(code), len(code)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def main():
    code, length = program(sys.argv[1].split(","))
    memory = ctypes.create_string_buffer(code, len(code))
    library = ctypes.CDLL(None, use_errno=True)
    wanted = Program(length, ctypes.cast(memory, ctypes.c_void_p))
    # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP
    if library.prctl(38, 1, 0, 0, 0) != 0 or library.prctl(22, 2, ctypes.byref(wanted), 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    os.execv(sys.argv[2], sys.argv[2:])


main()
