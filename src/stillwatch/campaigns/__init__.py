"""Takes links; gives campaigns: accounts that act as one, over time."""
