"""Index for the worker: the jobs of every room."""
