"""Clients of Storage service 1.0.0."""
