"""Synthetic content, to measure the performance of a large site."""
