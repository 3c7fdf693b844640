"""Pages: memory that a process keeps for what comes next."""

import ctypes

__all__ = ["keep_pages"]

TRIM, MAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's <malloc.h>
MOST, ALLOWED = 2**30, 2**25  # bytes; and how many older releases allow for MAP


def keep_pages() -> None:
    """Let this process keep the memory of large arrays that it frees; see mallopt(3).

    A worker makes arrays of the same sizes for part after part. Otherwise the system takes each
    back and clears it again. Where there is no glibc, nothing is done.
    """
    try:
        allocator = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    if not allocator.mallopt(MAP, MOST):
        allocator.mallopt(MAP, ALLOWED)
    allocator.mallopt(TRIM, MOST)
