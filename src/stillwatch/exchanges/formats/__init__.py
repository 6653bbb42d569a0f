"""One file for each log format; the folder is the list of readers."""
