"""A file that is there whole or not at all: whoever opens it while it is written finds the one before."""

import os
import tempfile
from pathlib import Path

from engine.problems import PlumblineError


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`. Raises `PlumblineError` where it cannot be written; nothing is left behind then."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    except OSError as problem:
        raise PlumblineError(f"cannot write {path}: {problem.strerror}; choose another place") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(part).chmod(0o666 & ~umask)  # mkstemp lets only its owner read; a report is for others
        Path(part).replace(path)
    except OSError as problem:
        Path(part).unlink(missing_ok=True)
        raise PlumblineError(f"cannot write {path}: {problem.strerror}; choose another place or make room") from None
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
