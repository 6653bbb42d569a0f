"""Simulated traffic with a truth, honest and not: the demo, the tests and rehearsals run on it."""
