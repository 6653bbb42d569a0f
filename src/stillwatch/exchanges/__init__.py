"""Takes request logs in many formats; gives the table `exchanges`. One reader for each format."""
