"""The demo newsroom goes into the database, each part through the verbs of its house."""
