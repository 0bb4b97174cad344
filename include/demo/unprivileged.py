"""Run a program as `nobody`: `python -m include.demo.unprivileged PROGRAM ARGUMENTS...` (as root only).

PostgreSQL refuses to run as root. As another user it could not reach a folder below root's home, and opening
root's folders for everybody is no cure: so the program keeps one capability, passing over file permissions.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import sys

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def main(argv: list[str]) -> None:
    """Become `nobody` with the one capability, and the program."""
    nobody = pwd.getpwnam("nobody")
    libc = ctypes.CDLL(None, use_errno=True)
    _must(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    # A root without this capability (some containers) has nothing to keep: folders must then be open to `nobody`.
    with contextlib.suppress(PermissionError):
        _keep_one_capability(libc)
    os.execv(argv[0], argv)  # noqa: S606  the supervisor names the program


def _keep_one_capability(libc: ctypes.CDLL) -> None:
    mask = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _must(libc.capset(header, data))
    _must(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0))


def _must(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
