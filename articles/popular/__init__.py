"""How often articles are read, and which are read most."""
