"""The corner shop 2.1.0, generated from the design: do not edit."""
