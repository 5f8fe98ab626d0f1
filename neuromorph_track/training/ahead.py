"""Batches made in threads while the network is busy with those before."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from neuromorph_track.training.families import Batch, Batches
from neuromorph_track.training.optimiser import stage_at
from neuromorph_track.training.ranks import Ranks
from neuromorph_track.training.recipe import Recipe


class Ahead:
    """Gives the batch of each step in turn; threads change nothing, since it follows from seed and step.

    Parameters
    ----------
    clips : Batches
    recipe : Recipe
    ranks : Ranks
        Whose part of each batch.
    workers : int
        Threads, and how many batches ahead; 0 makes each batch when it is asked for.
    """

    def __init__(self, clips: Batches, recipe: Recipe, ranks: Ranks, workers: int) -> None:
        self._clips, self._recipe, self._ranks = clips, recipe, ranks
        self._pool = ThreadPoolExecutor(workers) if workers else None
        self._workers = workers
        self._waiting: dict[int, Future[Batch]] = {}

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def batch(self, step: int) -> Batch:
        """The batch of ``step``, on the device of the process."""
        if self._pool is None:
            return self._made(step).to(self._ranks.device)
        for later in range(step, min(step + self._workers + 1, self._recipe.steps)):
            if later not in self._waiting:
                self._waiting[later] = self._pool.submit(self._made, later)
        return self._waiting.pop(step).result().to(self._ranks.device)

    def _made(self, step: int) -> Batch:
        stage, _ = stage_at(self._recipe, step)
        return self._clips.batch(step, stage.batch, stage.clip, stage.plain, self._ranks.share(stage.batch))
