"""What tasks do, on one host or twenty: the order of gathering, asking, changing and showing."""
