"""The bytes of a log file as UTF-8, however the file is packed: plain, gzip or zstd, and UTF-16 with its mark."""

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stillwatch.log_errors import UnreadableLog

_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def compression(path: Path) -> str | None:
    """Return `gzip`, `zstd` or None, by the first bytes of a file."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)


@dataclass
class Followed:
    """A stream that says how far each read has come in the file on disk, compressed as it may be."""

    stream: pa.NativeFile
    file: pa.NativeFile
    advanced: Callable[[int], None]
    position: int = 0
    begun: bool = False
    decoder: codecs.IncrementalDecoder | None = None

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, or what UTF-16 of so many bytes is in UTF-8; none at the end."""
        while data := self._taken(max(size, len(codecs.BOM_UTF16))):
            if not self.begun and data.startswith(_UTF_16):
                # What is no Unicode is replaced, as in UTF-8: half a character in a prompt stops no reading.
                self.decoder = codecs.getincrementaldecoder("utf-16")("replace")
            self.begun = True
            if text := self.decoder.decode(data).encode() if self.decoder else data:
                return text
        if self.decoder and self.decoder.getstate()[0]:
            raise OSError("the text in UTF-16 ends within a character")
        return b""

    def _taken(self, size: int) -> bytes:
        data: bytes = self.stream.read(size)
        before, self.position = self.position, self.file.tell()
        self.advanced(self.position - before)
        return data


@contextmanager
def unpacked(path: Path, advanced: Callable[[int], None]) -> Iterator[Followed]:
    """Give the bytes of a file, unpacked where they are compressed.

    Parameters
    ----------
    advanced
        Called with how many bytes of the file, as it is on disk, each read has taken.

    Raises
    ------
    UnreadableLog
        The file cannot be read, its compressed data or its UTF-16 ends early or is damaged, or whoever reads it raises
        an `OSError`.
    """
    try:
        name = compression(path)
        with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, name) if name else file as opened:
            yield Followed(opened, file, advanced)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableLog(str(path), str(error)) from error
