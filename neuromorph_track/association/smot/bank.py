"""What tracks look like, and which track a new tracklet continues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.assignment import assign
from neuromorph_track.association.overlap import MOST_PAIRS
from neuromorph_track.association.state import ANY, column
from neuromorph_track.errors import InputError

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


class EmbeddingBank:
    """The mean embedding of every track, in the order of the tracker's table.

    Attributes
    ----------
    mean : (N, E) float64
        Running mean of what was taken in; E is 0 until the first embedding came.
    taken : (N,) int64
        How many embeddings it is the mean of.
    """

    def __init__(self) -> None:
        self.mean: Floats = np.zeros((0, 0))
        self.taken: Indices = np.zeros(0, np.int64)

    def check(self, embeddings: NDArray[np.floating] | None) -> None:
        """Refuse embeddings (M, E) of another E than those before.

        Raises
        ------
        InputError
        """
        if embeddings is not None and self.mean.shape[1] not in (0, embeddings.shape[1]):
            expected = f"{self.mean.shape[1]} as before"
            raise InputError("tracker", "embeddings", f"{embeddings.shape[1]} numbers each", expected)

    def copy(self) -> EmbeddingBank:
        """The same bank in arrays of its own."""
        bank = EmbeddingBank()
        bank.mean, bank.taken = self.mean.copy(), self.taken.copy()
        return bank

    def append(self, count: int) -> None:
        """New tracks, of which no embedding is known."""
        self.mean = np.concatenate([self.mean, np.zeros((count, self.mean.shape[1]))])
        self.taken = np.concatenate([self.taken, np.zeros(count, np.int64)])

    def keep(self, mask: Mask) -> None:
        """Drop the tracks where ``mask`` (N,) is false."""
        self.mean, self.taken = self.mean[mask], self.taken[mask]

    def take(self, tracks: Indices, embeddings: Floats) -> None:
        """Take in an embedding for each of ``tracks`` (K,), of length 1; one of zeros is none."""
        if not self.mean.shape[1]:
            self.mean = np.zeros((len(self.taken), embeddings.shape[1]))
        known = embeddings.any(axis=1)
        tracks, embeddings = tracks[known], embeddings[known]
        self.taken[tracks] += 1
        self.mean[tracks] += (embeddings - self.mean[tracks]) / self.taken[tracks, None]

    def link(
        self, tracks: Mask, classes: Indices, embeddings: Floats, new_classes: Indices, gate: float
    ) -> tuple[Indices, Indices]:
        """Pair tracks with new tracklets so that those that look alike belong together.

        Parameters
        ----------
        tracks : (N,) bool
            Tracks without a tracklet.
        classes : (N,) int64
        embeddings : (M, E) float64
            Of the new tracklets.
        new_classes : (M,) int64
        gate : float
            Pairs of this distance (one minus the cosine) or more are not made.

        Returns
        -------
        track, tracklet : (K,) int64
            The assignment of the least distance, each index at most once.

        Raises
        ------
        InputError
            When there are more than ``MOST_PAIRS`` to compare.
        """
        row = np.flatnonzero(tracks & (self.taken > 0))
        column = np.flatnonzero(embeddings.any(axis=1))
        if not len(row) or not len(column):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        if len(row) * len(column) > MOST_PAIRS:
            found = f"{len(row)} tracks and {len(column)} new tracklets to link"
            raise InputError("tracker", "embeddings", found, f"at most {MOST_PAIRS} pairs")
        mean = self.mean[row] / np.maximum(np.linalg.norm(self.mean[row], axis=1, keepdims=True), 1e-12)
        # Not a product of matrices: its last bits depend on the number of threads.
        distance = 1 - np.einsum("te,ne->tn", mean, embeddings[column])
        same = classes[row, None] == new_classes[column]
        at_row, at_column = np.nonzero((distance < gate) & same)
        return assign(row[at_row], column[at_column], distance[at_row, at_column], gate)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """A copy, by name."""
        return {"looks": self.mean.copy(), "looks_taken": self.taken.copy()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any], length: int) -> EmbeddingBank:
        """The reverse of :meth:`to_arrays`, for ``length`` tracks.

        Raises
        ------
        InputError
            When a column is missing, its shape is another one, or a number is not finite.
        """
        bank = cls()
        bank.mean = column(arrays, "looks", np.float64, (length, ANY))
        bank.taken = column(arrays, "looks_taken", np.int64, (length,))
        return bank
