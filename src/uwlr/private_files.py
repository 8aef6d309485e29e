"""Files and folders with personal data: for their owner alone, whatever the umask says."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, cast

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700


def private_file(path: str | Path) -> None:
    """Make a file if it is not there, and let nobody but its owner read it.

    What is no file (a pipe, a terminal) and what belongs to another user stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    with open_private(path, "ab"):
        pass


def open_private(path: str | Path, mode: str = "wb") -> BinaryIO:
    """Open a file for writing that nobody but its owner can read, also if it was there and others could.

    Args:
        path: the file.
        mode: as `open` has it, binary.

    Raises:
        OSError: as `open`.
    """
    return cast("BinaryIO", open(path, mode, opener=_opener))


def write_private(path: str | Path, data: bytes) -> None:
    """Write a file that nobody but its owner can read.

    Raises:
        OSError: it cannot be written.
    """
    with open_private(path) as file:
        file.write(data)


def sync(file: BinaryIO) -> None:
    """Wait until what was written is on disk.

    Raises:
        OSError: it cannot be written.
    """
    file.flush()
    os.fsync(file.fileno())


def private_folder(path: str | Path, *, new: bool = False) -> Path:
    """Make a folder, and those above it, that nobody but its owner can enter; one that is there stays as it is.

    Args:
        path: the folder.
        new: whether it must not be there yet; the folders above it may.

    Raises:
        OSError: it cannot be made.
    """
    folder = Path(path)
    if new or not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(FOLDER_MODE, exist_ok=not new)
    return folder


def _opener(path: str, flags: int) -> int:
    number = os.open(path, flags, FILE_MODE)
    found = os.fstat(number)
    if stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) != FILE_MODE:
        with suppress(OSError):  # of another user, or on a file system without modes
            os.chmod(path, FILE_MODE)  # noqa: PTH101 - Windows has no `fchmod` for all Pythons
    return number
