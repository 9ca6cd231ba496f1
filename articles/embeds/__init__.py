"""Embeds of other sites: providers are rows, frames load on a click."""
