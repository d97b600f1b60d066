"""The containers that a host is set up for: described as data, rendered to argv in one place, started elsewhere."""
