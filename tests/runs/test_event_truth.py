"""A sequence of a dataset of events: named by its truth, scored frame by frame, whatever the windows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.single import SingleResult, read_result
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import evaluate_single, load_found
from neuromorph_track.export.siamese import siamese_of
from neuromorph_track.netx import EventsSpec, write_siamese
from neuromorph_track.runs.rerun_of import rerun_of
from neuromorph_track.runs.rerun_pair import PairLayers
from neuromorph_track.runs.sot import SotOptions, sot
from neuromorph_track.runs.sot_source import SotSource, open_sot
from tests.data.events.files import some_events, write_text
from tests.data.single.made import boxes, write
from tests.networks.tiny_streams import lived, recipe
from tests.networks.tiny_trackers import pair

# 199 ms of events; the boxes of six frames end at 56, 85, 113, 142, 170 and 199 ms.
ENDED = [4, 7, 10, 13, 16, 18]
TEN = EventsSpec(window_us=10_000)
CHIP = ("loihi2-oheogulch",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "recording_1"
    write(path / "groundtruth.txt", boxes(6).replace("5,6", "12,10"))
    write(path / "absent.txt", "1\n" * 6)
    events = some_events(4000, span_us=200_000)
    write_text(path / "recording_1.csv", events, "xypt", ",")
    assert 7 * (events.t[-1] // 7) // 10_000 - 1 == ENDED[-1]
    return path


def opened(folder: Path, init: str | None = None, most: int | None = None, start: int = 0) -> SotSource:
    return open_sot(str(folder), init, most, TEN, None, start)


def told(source: SotSource) -> tuple[int, list[int], list[float]]:
    """Where it begins, the windows that are compared, and where the boxes of the truth are."""
    truth = source.truth
    assert truth is not None
    assert truth.windows is not None
    assert len(truth.windows) == len(truth.sequence)
    return source.start, truth.windows.tolist(), truth.sequence.boxes[:, 0].tolist()


def test_it_begins_when_the_first_frame_has_ended(folder: Path) -> None:
    source = opened(folder)
    assert told(source) == (4, [0, 3, 6, 9, 12, 14], [1, 2, 3, 4, 5, 6])
    assert source.initial.tolist() == [1, 2, 12, 10]
    assert source.name == "recording_1"
    assert len(list(source.frames)) == 20 - 4


def test_windows_may_be_longer_than_frames(folder: Path) -> None:
    """A box for each frame all the same: those of 56 and 85 ms have the window that ended at 50."""
    source = open_sot(str(folder), None, None, TEN, "50ms")
    assert told(source) == (0, [0, 0, 1, 1, 2, 2], [1, 2, 3, 4, 5, 6])
    assert source.truth is not None
    result = source.truth.by_frame(SingleResult(np.arange(16.0).reshape(4, 4), np.ones(4)))
    assert result.boxes[:, 0].tolist() == [0, 0, 4, 4, 8, 8]
    assert result.seconds is not None
    assert result.seconds.tolist() == [1, 0, 1, 0, 1, 0]


def test_a_later_start_takes_the_latest_box(folder: Path) -> None:
    assert told(opened(folder, start=7)) == (7, [0, 3, 6, 9, 11], [2, 3, 4, 5, 6])
    assert told(opened(folder, start=9)) == (9, [0, 1, 4, 7, 9], [2, 3, 4, 5, 6])


def test_a_start_without_the_object_needs_a_box(folder: Path) -> None:
    write(folder / "groundtruth.txt", "1,2,12,10\n0,0,0,0\n" + 4 * "3,2,12,10\n")
    write(folder / "absent.txt", "1\n0\n1\n1\n1\n1\n")
    text = "the truth of recording_1 says nothing of window 8, in which the run begins"
    with pytest.raises(
        InputError, match=f"--init: found nothing; {text}, expected x,y,w,h of the object in w"
    ):
        opened(folder, start=8)
    named = opened(folder, "3,3,9,9", start=8)
    assert (named.truth, named.warnings) == (None, (text,))
    assert told(opened(folder, start=5))[0] == 5


def test_a_box_of_the_last_frame_is_not_for_ever(folder: Path) -> None:
    assert told(opened(folder, start=18)) == (18, [0], [6])
    with pytest.raises(InputError, match="says nothing of window 19"):
        opened(folder, start=19)


def test_a_box_that_is_given_may_be_of_an_earlier_window(folder: Path) -> None:
    source = opened(folder, "3,3,9,9", start=1)
    assert told(source) == (1, [3, 6, 9, 12, 15, 17], [1, 2, 3, 4, 5, 6])
    assert source.initial.tolist() == [3, 3, 9, 9]


def test_fewer_windows_have_fewer_frames(folder: Path) -> None:
    assert told(opened(folder, most=7)) == (4, [0, 3, 6], [1, 2, 3])
    assert told(opened(folder, most=6)) == (4, [0, 3], [1, 2])


def test_windows_before_the_first_frame_have_none(folder: Path) -> None:
    assert opened(folder, "3,3,9,9", most=4).truth is None
    assert told(opened(folder, "3,3,9,9", most=5)) == (0, [4], [1])


def test_too_few_windows_for_a_template(folder: Path, tmp_path: Path) -> None:
    """`hadtrack` takes windows with events around the object; without them nothing has been followed."""
    plan = recipe()
    write_siamese(siamese_of(plan, lived(plan).state_dict(), "tiny").siamese, tmp_path / "pair")
    options = SotOptions(max_frames=1, quiet=True, hardware=CHIP)
    expected = "windows: found 1 from 4 on, and too few with events, expected 2 with events around the object"
    with pytest.raises(InputError, match=expected):
        sot(str(folder), tmp_path / "pair", tmp_path / "run", options)
    with pytest.raises(InputError, match="frames from 500 on: found 0, expected at least two"):
        sot(str(folder), tmp_path / "pair", tmp_path / "run", replace(options, start=500, init="3,3,9,9"))
    assert not (tmp_path / "run").exists()


def test_the_events_alone_have_no_truth(folder: Path) -> None:
    with pytest.raises(InputError, match="--init: found nothing"):
        opened(folder / "recording_1.csv")
    assert opened(folder / "recording_1.csv", "3,3,9,9").truth is None


def test_a_truth_of_unknown_times_is_left_aside(folder: Path) -> None:
    (folder / "absent.txt").unlink()
    (folder / "groundtruth.txt").rename(folder / "groundtruth_rect.txt")
    source = opened(folder, "3,3,9,9")
    assert source.truth is None
    (warning,) = source.warnings
    assert "the truth of recording_1, read as otb, does not say when its frames were: EventVOT" in warning
    with pytest.raises(InputError, match="--init: found nothing; the truth of recording_1, read as otb"):
        opened(folder)


def test_a_frame_has_the_last_window_before_its_end(folder: Path, tmp_path: Path) -> None:
    """In what a run prints, in a benchmark's file, and where the file is scored again."""
    write_siamese(pair(), tmp_path / "pair")
    options = SotOptions(event_window="10ms", quiet=True, hardware=CHIP)
    written = tmp_path / "results"
    given = str(folder), tmp_path / "pair", tmp_path / "run"
    done = sot(*given, replace(options, results=str(written)))
    assert done.frames == 16
    every, found = read_result(tmp_path / "run/boxes.txt"), read_result(written / "recording_1.txt")
    np.testing.assert_array_equal(found.boxes, every.boxes[[0, 3, 6, 9, 12, 14]])
    source = opened(folder)
    assert source.truth is not None
    truth = [source.truth.sequence]
    again = evaluate_single(truth, load_found(truth, written), "again").combined
    assert done.scores is not None
    assert pytest.approx(done.scores.AUC, abs=1e-12) == again.AUC
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert (record["start"], record["truth_windows"]) == (4, [0, 3, 6, 9, 12, 14])
    # `explore` begins where the run did.
    replay, notes = rerun_of(record, ())
    assert isinstance(replay, PairLayers)
    assert notes == []
    np.testing.assert_array_equal(next(replay.run(1)).picture, next(iter(source.frames)))


def test_seconds_are_of_all_windows_since_the_frame_before(folder: Path) -> None:
    truth = opened(folder).truth
    assert truth is not None
    seconds = truth.by_frame(SingleResult(np.zeros((16, 4)), np.arange(16.0))).seconds
    assert seconds is not None
    assert seconds.tolist() == [0, 1 + 2 + 3, 4 + 5 + 6, 7 + 8 + 9, 10 + 11 + 12, 13 + 14]
