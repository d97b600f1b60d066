"""The stand-in for a GPU and its driver on a lab host."""
