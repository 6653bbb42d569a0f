"""Takes marks; gives the tables of all days: a folder to which each scan adds its days, and never the history again."""
