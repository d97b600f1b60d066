"""Save a container of a host to a file, look at such files, and make the container again."""
