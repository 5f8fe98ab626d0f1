"""The memory of boxes against a list of all there were."""

from __future__ import annotations

import numpy as np

from neuromorph_track.association.observations import first_seen, oldest_since, remember, seen_in


def test_equals_a_list_of_all_there_were() -> None:
    generator = np.random.default_rng(0)
    tracks = 6
    start = generator.uniform(0, 100, (tracks, 4)).astype(np.float32)
    boxes, frames = first_seen(start, frame=1, kept=4)
    history: list[dict[int, np.ndarray]] = [{1: box} for box in start]
    for frame in range(2, 40):
        for back in (1, 2, 3, 4):
            oldest = oldest_since(boxes, frames, frame - back)
            exact, found = seen_in(boxes, frames, frame - back)
            for track, past in enumerate(history):
                within = [number for number in past if number >= frame - back]
                wanted = past[min(within) if within else max(past)]
                np.testing.assert_array_equal(oldest[track], wanted)
                assert found[track] == (frame - back in past)
                np.testing.assert_array_equal(exact[track], past.get(frame - back, past[max(past)]))
        seen = np.flatnonzero(generator.random(tracks) < 0.6)
        now = generator.uniform(0, 100, (len(seen), 4)).astype(np.float32)
        remember(boxes, frames, seen, now, frame)
        for track, box in zip(seen, now, strict=True):
            history[track][frame] = box


def test_what_was_never_seen_is_in_no_frame() -> None:
    boxes, frames = first_seen(np.ones((1, 4)), frame=1, kept=3)
    for frame in (-5, 0, 1):
        assert oldest_since(boxes, frames, frame).tolist() == [[1, 1, 1, 1]]
        assert seen_in(boxes, frames, frame)[1].tolist() == [frame == 1]
