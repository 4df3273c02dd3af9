"""``python -m service`` is the command ``storage-service``."""

from service.cli import main

main()
