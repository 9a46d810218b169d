"""Plans of a table beside the targets of its client's file: of each month, one of the two says what is asked."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from smm.catalogue import spans
from smm.catalogue.spans import Span

Cell = tuple[str, str]
"""(network, kpi)."""

Planned = dict[Cell, dict[Span, Decimal]]


def misfits(client: str, own: Mapping[Cell, Collection[Span] | None], table: Planned) -> Iterator[str]:
    """What does not fit together, in words.

    ``own`` are the targets of the client's file: what is planned there, None where another rule stands.
    """
    for key, plans in table.items():
        name, written = ".".join(key), own.get(key, ())
        if written is None:
            yield f"{name} has another rule in {client}.yml; keep one of the two"
        elif twice := sorted({*written} & plans.keys()):
            yield f"{name} for {twice[0]} is also planned in {client}.yml"
        else:
            try:
                spans.check_apart([*written, *plans])
            except ValueError as error:
                yield f"{name}: {error}"
    for key, written in own.items():
        if written is not None and not written and not table.get(key):
            yield f"has no plan of {'.'.join(key)}, and neither has {client}.yml: write one, or remove the target"
