"""Takes exchanges; gives `marks`: what one exchange shows by itself, computed over the bytes of its text."""
