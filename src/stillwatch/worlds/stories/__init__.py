"""Holds the stories that ship, a TOML file each; `stillwatch.worlds.story` reads them."""
