"""Files of the emitters -> files on disk: formatted, compared, written, and nothing else touched."""
