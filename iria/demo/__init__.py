"""A newsroom to try the house with: our own words, our own pictures, a fictional institute."""
