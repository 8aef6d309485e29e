"""How much memory a script takes, in a process of its own."""

import subprocess
import sys

_PEAK = """
def peak():
    # What `getrusage` says would begin with the peak of the tests that started this.
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
"""


def printed(script, *arguments):
    """The words that a script prints; it can call `peak`, which is the most megabytes that it has held. Needs /proc."""
    command = [sys.executable, "-c", _PEAK + script, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
