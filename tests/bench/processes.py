"""What the operating system knows of the processes measured."""

import subprocess
import time
from pathlib import Path
from typing import Final

HAS_PROC: Final = Path("/proc/self/stat").exists()  # Linux; macOS has ps
SECONDS_PER_UNIT: Final = (1, 60, 3600)


def children(pid: int) -> list[int]:
    """Return the processes that ``pid`` started."""
    if HAS_PROC:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    rows = (row.split() for row in _ps("-axo", "pid=,ppid=").splitlines())
    return [int(child) for child, parent in rows if int(parent) == pid]


def cpu_seconds(pid: int) -> float:
    """Return the user and system time that a process has used, all its threads together."""
    if HAS_PROC:
        # The process's own CPU clock, numbered as clock_getcpuclockid(3) does: exact, where /proc counts in 10 ms.
        return time.clock_gettime(~pid << 3 | 2)
    parts = reversed(_ps("-o", "time=", "-p", str(pid)).strip().split(":"))
    return sum(float(part) * unit for part, unit in zip(parts, SECONDS_PER_UNIT, strict=False))


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", *arguments], check=True, capture_output=True, text=True).stdout
