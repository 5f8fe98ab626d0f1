"""One resumable loop that trains SLAYER detectors from TOML recipes."""
