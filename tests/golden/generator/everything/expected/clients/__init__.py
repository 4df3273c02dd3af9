"""Clients of The corner shop 2.1.0."""
