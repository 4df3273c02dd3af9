"""Documents for people, typeset as PDF."""
