"""Measures search, related articles and spam detection on test collections; makes synthetic data."""
