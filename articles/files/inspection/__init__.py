"""What an uploaded file is, and a cleaned copy of it. Plain Python, without Django."""
