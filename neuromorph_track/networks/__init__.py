"""The SLAYER networks: the only room, with training, export and the SLAYER backend, that needs lava-dl."""
