"""Work that is recorded before it is begun, and whose end is recorded too."""
