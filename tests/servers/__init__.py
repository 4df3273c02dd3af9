"""Real servers for tests: found on the machine, or installed; started and stopped here."""
