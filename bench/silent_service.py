"""The service without its events, which ``bench.operations`` compares it with.

Same routes, same changes; but what an operation publishes is dropped before it is even built.
"""

from __future__ import annotations

from runtime.events.transaction import Transaction
from service.cli import main


def publish_nothing(_transaction: object, _event: object) -> None:
    pass


if __name__ == "__main__":
    setattr(Transaction, "publish", publish_nothing)  # noqa: B010
    main()
