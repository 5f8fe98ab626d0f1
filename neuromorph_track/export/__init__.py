"""Checkpoints to `.net` files, with the proof that the two agree; and the networks that are ready to run."""
