"""Pages of other sites within a text: providers are rows, frames load on a click."""
