"""Single-use tickets for what cannot carry a bearer token: an upgrade, a download."""
