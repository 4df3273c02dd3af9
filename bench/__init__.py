"""Measurements: ratios against peers, in one interleaved run each."""
