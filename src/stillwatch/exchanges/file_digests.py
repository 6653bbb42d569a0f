"""SHA-256 of files: of one, or of each of many in a thread of its own, while the files are being read."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from stillwatch.log_errors import UnreadableLog

_AT_ONCE = 1 << 20


def digest_file(path: str, stop: Event | None = None) -> str:
    """Return the SHA-256 of a file, or of what was read of it until it is told to stop.

    Raises
    ------
    UnreadableLog
        It cannot be read.
    """
    digest, block = hashlib.sha256(), memoryview(bytearray(_AT_ONCE))
    try:
        with Path(path).open("rb", buffering=0) as opened:
            while (size := opened.readinto(block)) and not (stop and stop.is_set()):
                digest.update(block[:size])
    except OSError as error:
        raise UnreadableLog(path, error.strerror or str(error)) from error
    return digest.hexdigest()


class FileDigests:
    """Digests files one after the other beside other work; what is not done when it is left is dropped."""

    def __init__(self) -> None:
        self._stop = Event()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.shutdown(cancel_futures=True)

    def begin(self, path: str) -> Future[str]:
        """Return what will hold the SHA-256 of a file, or why it cannot be read; see `digest_file`."""
        return self._thread.submit(digest_file, path, self._stop)
