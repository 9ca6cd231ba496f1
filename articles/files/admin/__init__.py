"""The library of files in the admin."""
