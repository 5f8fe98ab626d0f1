"""Compiled loops: what a tracker does pair by pair, and NumPy would do in many small calls or in much memory.

All arrays are float64, int64 or bool, and contiguous, so that each loop is compiled once; the result
is kept on disk beside its file (or in the user's cache).
"""
