"""States what was found so that a person can check it: evidence, error rate, targets, time line, report."""
