"""The days that a scan with a state keeps: forget those that are older than you may keep."""
