"""Who is told by mail of what others write, and what was told already."""
