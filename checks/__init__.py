"""What gpudock proves about a host: pure judges over facts, root causes first."""
