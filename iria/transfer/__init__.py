"""Moving in from other systems: parsers that yield neutral records, and one writer for all of them."""
