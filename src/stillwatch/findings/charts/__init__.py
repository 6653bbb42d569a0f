"""Draws a finding as SVG without scripts: takes a `Finding`, gives markup that scales with the page."""
