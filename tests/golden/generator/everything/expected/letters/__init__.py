"""The letters service, as the design has it."""
