"""The storage service, as the design has it."""
