"""Takes request logs in many formats; gives the table `exchanges`. One reader for each format."""

from stillwatch.exchanges.ledger import FileCount, Ledger, SetAside
from stillwatch.exchanges.logs import Logs, open_logs
from stillwatch.exchanges.read_file import LogFile
from stillwatch.exchanges.reader import Reader, readers
from stillwatch.exchanges.reading import Reading
from stillwatch.exchanges.survey import ColumnSurvey, Survey, survey_logs

__all__ = [
    "ColumnSurvey",
    "FileCount",
    "Ledger",
    "LogFile",
    "Logs",
    "Reader",
    "Reading",
    "SetAside",
    "Survey",
    "open_logs",
    "readers",
    "survey_logs",
]
