"""Frame by frame what a network does when it runs again, into a recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from neuromorph_track.backends.activity import Activity
from neuromorph_track.reports.rerun_log import RunLog
from neuromorph_track.runs.progress import progress_bar
from neuromorph_track.runs.rerun_boxes import BoxesOf
from neuromorph_track.runs.rerun_shown import Replay, Shown


def record_again(
    log: RunLog,
    replay: Replay,
    counted: Mapping[str, Activity],
    boxes: BoxesOf,
    span: tuple[int, int],
    quiet: bool,
) -> list[str]:
    """Run a network from the first frame to the end of a span, and record the span.

    Parameters
    ----------
    log : RunLog
    replay : Replay
    counted : dict of Activity
        What the run counted, by the file that holds it.
    boxes : BoxesOf
        The run's boxes.
    span : tuple of int
        First and end of the frames with pictures.
    quiet : bool

    Returns
    -------
    list of str
        A warning where the spikes are not those of the run.
    """
    first, end = span
    differs: list[str] = []
    stored = {name: _spikes_out(activity) for name, activity in counted.items()}
    with progress_bar("frames", quiet) as bar:
        task = bar.add_task("run again", total=end)
        for number, shown in enumerate(replay.run(end)):
            bar.update(task, completed=number + 1)
            # Of later templates a run keeps no counts.
            same = [spikes == next(stored[name], spikes) for name, spikes in shown.spikes_out.items()]
            if not all(same) and not differs:
                differs.append(
                    f"run again, the network sent other spikes from frame {number} on: maps are not the run's"
                )
            if number >= first:
                _record(log, number, shown, boxes)
    return differs


def _spikes_out(activity: Activity) -> Iterator[tuple[int, ...]]:
    """Of each layer, frame by frame."""
    for number in range(activity.frames):
        yield tuple(int(layer.spikes_out[number]) for layer in activity.layers)


def _record(log: RunLog, number: int, shown: Shown, boxes: BoxesOf) -> None:
    factor = log.frame(number, shown.picture)
    for drawn in boxes(number, shown):
        log.boxes(number, drawn, factor)
    for name, picture in shown.crops.items():
        log.crop(number, name, picture)
    if shown.scores is not None:
        log.score_map(number, shown.scores)
    for name, counts in shown.maps.items():
        log.spike_map(number, name, counts)
    for name, values in shown.channels.items():
        log.channels(number, name, values)
