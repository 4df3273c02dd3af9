"""Where the bytes of packages lie: one small protocol, one module for each kind of store."""
