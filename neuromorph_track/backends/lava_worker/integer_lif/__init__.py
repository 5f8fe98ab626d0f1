"""Integer LIF neurons as a Lava process; Lava's compiler imports every module here."""
