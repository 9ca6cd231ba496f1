"""Optional spam checks by Akismet. They run in the worker, never during a request."""
