"""What Akismet says of comments, where a newsroom asks it: by the worker, never while a reader waits."""
