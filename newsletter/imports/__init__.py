"""Taking in subscribers from a file: read, looked over, and written at once or not at all."""
