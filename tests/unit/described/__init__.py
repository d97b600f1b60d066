"""What a healthy host answers: a module for each subject, with READY and, where a bare host differs, FRESH."""
