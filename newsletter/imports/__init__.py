"""Imports subscribers from a file: all or nothing."""
