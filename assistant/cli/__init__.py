"""The command line. What a command needs is imported inside it: `--help` and the quick commands start at once."""
