"""Pictures: taking in, sizes, the library."""
