"""The admin of comments."""
