"""From a trained spiking detector to tracks and joules on neuromorphic hardware."""
