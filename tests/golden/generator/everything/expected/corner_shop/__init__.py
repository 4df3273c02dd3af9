"""The corner shop service, as the design has it."""
