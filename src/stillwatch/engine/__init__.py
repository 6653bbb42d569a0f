"""Runs SQL and kernels. Nothing outside this folder names an engine."""
