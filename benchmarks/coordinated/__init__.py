"""Real coordinated accounts that others published: takes their tables, gives who acts together, by us and by others."""
