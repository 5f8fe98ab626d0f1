"""What a branching network needs of Lava beside layers; its compiler imports every module here."""
