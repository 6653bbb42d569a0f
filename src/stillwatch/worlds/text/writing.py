"""Write texts from a grammar, all rows at once: each symbol is expanded once for every place that asks for it."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.worlds.seeds import Seeds, mix, unit
from stillwatch.worlds.text.grammar import Grammar, Part, Scopes, Slot, Symbol

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ticket:
    """Where a slot's texts will stand among those of its symbol; `offsets` when the slot repeats."""

    symbol: str
    start: int
    count: int
    offsets: npt.NDArray[np.int32] | None = None


@dataclass
class Demand:
    """What is asked of one symbol: a seed and a row of the scopes for each text."""

    seeds: list[Seeds] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    count: int = 0

    def ask(self, symbol: str, seeds: Seeds, rows: Rows, offsets: npt.NDArray[np.int32] | None = None) -> Ticket:
        """Note a demand; return the ticket that redeems it."""
        self.seeds.append(seeds)
        self.rows.append(rows)
        self.count += len(seeds)
        return Ticket(symbol, self.count - len(seeds), len(seeds), offsets)


@dataclass(frozen=True)
class Plan:
    """How a symbol's texts are put together: rows by alternative, and the pieces of each alternative."""

    order: Rows
    pieces: list[tuple[int, list[str | pa.Array | Ticket]]]


def write_texts(grammar: Grammar, symbols: npt.NDArray[np.integer], scopes: Scopes) -> pa.Array:
    """Write one text a row.

    Parameters
    ----------
    symbols
        What each row says, as `grammar.numbers` counts symbols.
    scopes
        A seed a row for each scope that the grammar's slots name; `here` is also the seed of everything unscoped.

    Returns
    -------
    pa.Array
        Strings. A row's text depends on its own symbol and seeds only, whatever the other rows are.
    """
    if not len(symbols):
        return pa.array([], pa.string())
    demands = {name: Demand() for name in grammar.symbols}
    order = np.argsort(symbols, kind="stable")
    wanted, starts = np.unique(symbols[order], return_index=True)
    tickets = [
        demands[grammar.names[number]].ask(grammar.names[number], scopes["here"][rows], rows)
        for number, rows in zip(wanted, np.split(order, starts[1:]), strict=True)
    ]
    plans = {name: _plan(symbol, demands, scopes) for name, symbol in grammar.symbols.items() if demands[name].count}
    written: dict[str, pa.Array] = {}
    for name in reversed(list(plans)):
        written[name] = _assemble(plans.pop(name), written)
    return _restored(pa.concat_arrays([_redeem(ticket, written) for ticket in tickets]), order)


def _plan(symbol: Symbol, demands: dict[str, Demand], scopes: Scopes) -> Plan:
    demand = demands[symbol.name]
    seeds, rows = np.concatenate(demand.seeds), np.concatenate(demand.rows)
    drawn = symbol.picks[(mix(seeds, 7) % np.uint64(len(symbol.picks))).astype(np.int64)]
    order = np.argsort(drawn, kind="stable")
    picked, starts = np.unique(drawn[order], return_index=True)
    pieces = [
        (len(some), [_ask(part, seeds[some], rows[some], demands, scopes) for part in symbol.alternatives[pick]])
        for pick, some in zip(picked, np.split(order, starts[1:]), strict=True)
    ]
    return Plan(order, pieces)


def _ask(part: Part, seeds: Seeds, rows: Rows, demands: dict[str, Demand], scopes: Scopes) -> str | pa.Array | Ticket:
    if isinstance(part, str):
        return part
    if part.scope is not None:
        seeds = scopes[part.scope][rows]
    seeds = mix(seeds, part.salt)
    if part.name is None:
        return _digits(part, seeds)
    if not part.repeats:
        return demands[part.name].ask(part.name, seeds, rows)
    # the fourth power makes most repeats short and a few long: a heavy tail of lengths
    counts = part.low + ((part.high - part.low + 1) * unit(mix(seeds, 11)) ** 4).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    position = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    again = mix(np.repeat(seeds, counts), position.astype(np.uint64) + np.uint64(1))
    return demands[part.name].ask(part.name, again, np.repeat(rows, counts), offsets)


def _digits(slot: Slot, seeds: Seeds) -> pa.Array:
    if slot.high < 0:
        return pa.array([f"{seed:016x}"[: -slot.high] for seed in seeds.tolist()], pa.string())
    return pa.array(slot.low + (seeds % np.uint64(slot.high - slot.low + 1)).astype(np.int64)).cast(pa.string())


def _assemble(plan: Plan, written: dict[str, pa.Array]) -> pa.Array:
    joined = []
    for count, pieces in plan.pieces:
        texts = [_redeem(piece, written) if isinstance(piece, Ticket) else piece for piece in pieces]
        if len(texts) == 1:
            joined.append(pa.repeat(pa.scalar(texts[0], pa.string()), count) if isinstance(texts[0], str) else texts[0])
        else:
            joined.append(pc.binary_join_element_wise(*texts, ""))
    return _restored(pa.concat_arrays(joined), plan.order)


def _redeem(ticket: Ticket, written: dict[str, pa.Array]) -> pa.Array:
    texts = written[ticket.symbol].slice(ticket.start, ticket.count)
    if ticket.offsets is None:
        return texts
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(ticket.offsets, pa.int32()), texts), "")


def _restored(texts: pa.Array, order: Rows) -> pa.Array:
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return texts.take(pa.array(back))
