"""One interface to everything that can run a network."""
