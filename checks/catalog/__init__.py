"""The checks, one file per subject; each declares Checks, and probes that only they need."""
