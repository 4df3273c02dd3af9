"""Storage service 1.0.0, generated from the design: do not edit."""
