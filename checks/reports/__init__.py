"""One result, many ways to show it."""
