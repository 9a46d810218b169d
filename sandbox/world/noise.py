"""Chance that depends on what it is for, never on what was asked before: the same day is the same in every world."""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP, _MIX_1, _MIX_2 = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


class Noise:
    """Uniform numbers by name and keys (days, ids): splitmix64 over the keys, seeded by the world and its owner."""

    def __init__(self, seed: int, owner: str) -> None:
        self._seed, self._owner = seed, owner

    def uniform(self, name: str, *keys: Ints) -> Floats:
        """One number in [0, 1) per element of `keys`, which broadcast against each other."""
        start = blake2b(f"{self._seed}/{self._owner}/{name}".encode(), digest_size=8).digest()
        mixed = np.full(np.broadcast_shapes(*(key.shape for key in keys)), int.from_bytes(start, "big"), np.uint64)
        for key in keys:
            mixed = (mixed ^ key.astype(np.uint64)) + _STEP
            mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
            mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
            mixed = mixed ^ (mixed >> np.uint64(31))
        return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def around(self, name: str, spread: float, *keys: Ints) -> Floats:
        """A factor around 1, between exp(-spread) and exp(spread)."""
        return np.exp(spread * (2 * self.uniform(name, *keys) - 1))

    def count(self, name: str, mean: Floats, *keys: Ints) -> Ints:
        """`mean` as a whole number, rounded up or down by chance so that small means give some zeros and some ones."""
        return np.floor(mean + self.uniform(name, *keys)).astype(np.int64)
