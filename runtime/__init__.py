"""What any design needs when it runs.  It knows no domain and no design."""
