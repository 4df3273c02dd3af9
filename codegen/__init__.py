"""The generator: a design in, files out.  It knows no domain and no server."""
