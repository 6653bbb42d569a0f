"""Takes what the operator types; gives a result on standard output. One file for each command, found by `cli`."""
