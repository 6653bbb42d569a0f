"""Takes a world as it is recorded; gives the log that a provider or gateway would write. One file for each format."""

from stillwatch.worlds.formats.base import LogFormat, formats
from stillwatch.worlds.formats.writing import write_log

__all__ = ["LogFormat", "formats", "write_log"]
