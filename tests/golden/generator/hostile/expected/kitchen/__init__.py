"""The kitchen service, as the design has it."""
