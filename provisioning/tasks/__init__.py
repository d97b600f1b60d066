"""What a person can run: one file per subject. Each reads options, calls the library, shows, and gives an exit code."""
