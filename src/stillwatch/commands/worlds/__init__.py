"""Simulated traffic with its truth: score findings against it, and rehearse scans of the stories that ship."""
