"""Other ways to find accounts that act together: each takes exchanges, gives groups (account -> group)."""
