"""Takes a story, gives its picture: activity over time, and its accounts with what they share."""
