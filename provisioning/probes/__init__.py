"""Probes that several steps and checks share."""
