"""Takes traits; gives `links`: how surprising it is, in bits, that two accounts share what they share."""
