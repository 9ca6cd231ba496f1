"""The files that readers get: made, stored, served and deleted."""
