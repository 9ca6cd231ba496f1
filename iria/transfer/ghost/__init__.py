"""Reads exports of Ghost. Plain Python."""
