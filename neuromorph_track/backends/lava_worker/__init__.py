"""A program of its own that runs Lava: imports NumPy and lava-nc, neither PyTorch nor lava-dl."""
