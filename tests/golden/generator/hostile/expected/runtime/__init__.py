"""The runtime service, as the design has it."""
