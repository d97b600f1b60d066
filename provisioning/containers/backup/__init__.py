"""A container as one file: what it is made of, how it was made, and how both are read back."""
