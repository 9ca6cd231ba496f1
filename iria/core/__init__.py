"""The kit: small tools named for their topic. Knows Django and the standard library only."""
