"""One model on all engines, in turns, so that whatever else the machine does meets all of them."""

import statistics
from dataclasses import dataclass, field

from engines import Refused

ROUNDS = 12


@dataclass
class Timing:
    """Nanoseconds per inference, one figure per round; or why there are none."""

    rounds: list[float] = field(default_factory=list)
    refused: str = ""
    facts: dict = field(default_factory=dict)

    @property
    def best(self) -> float | None:
        """What else the machine does can only make a round slower."""
        return min(self.rounds, default=None)

    @property
    def spread(self) -> float | None:
        """Half the distance between the quartiles, as a share of the median."""
        if len(self.rounds) < 4:
            return None
        low, _, high = statistics.quantiles(self.rounds, n=4)
        return (high - low) / 2 / statistics.median(self.rounds)


def timings(model, engines: dict, rounds: int, slice_nanoseconds: int) -> dict[str, Timing]:
    """The order of the engines turns by one in every round: nobody always runs after the slowest."""
    result, ready = {name: Timing() for name in engines}, {}
    for name, make in engines.items():
        try:
            ready[name] = make(model)
            result[name].facts = getattr(ready[name], "facts", {})
        except Refused as reason:
            result[name].refused = str(reason)
    names = list(ready)
    for turn in range(rounds):
        shift = turn % len(names) if names else 0
        for name in names[shift:] + names[:shift]:
            result[name].rounds.append(ready[name].nanoseconds(slice_nanoseconds))
    return result
