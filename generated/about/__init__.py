"""The about service, as the design has it."""
