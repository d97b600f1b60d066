"""What a healthy host answers to the probes of each subject: a module a subject, with READY and, if it differs, FRESH."""
