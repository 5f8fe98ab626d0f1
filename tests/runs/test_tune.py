"""Searching without cheating: what is apart stays apart, and a search can be told and repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

import neuromorph_track as nt
from neuromorph_track.association.settings_table import settings_to_table
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.evaluation import evaluate_tracking, load_sequences
from neuromorph_track.files import parse_toml
from neuromorph_track.runs import tune_job
from neuromorph_track.runs.associate_summary import AssociateOptions
from neuromorph_track.runs.tracker_file import read_tracker_file
from neuromorph_track.runs.tune_summary import TuneOptions, TuneSummary
from neuromorph_track.runs.tuned_on import tuning_warnings
from tests.runs.sequences_on_disk import write_kitti, write_sequence

SEARCH = ("high_score", "max_lost")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    for seed, name in enumerate("ABC"):
        write_sequence(root / name, seed)
    return root


def run(data: Path, output: Path, train: str = "AB", test: str = "C", **options: object) -> TuneSummary:
    options = {"trials": 4, "search": SEARCH, "quiet": True, **options}
    return nt.tune(
        [data / name for name in train],
        [data / name for name in test],
        output,
        TuneOptions(**options),  # type: ignore[arg-type]
    )


def test_the_file_says_everything(data: Path, tmp_path: Path) -> None:
    found = run(data, tmp_path / "tuned.toml", tracker="bytetrack")
    path = tmp_path / "tuned.toml"
    assert path.read_text().startswith(
        "# Tuned on A, B: scores there are no test.\n# Not seen by the search: C.\n"
    )
    told = parse_toml(path.read_text(), path)["tuned"]
    assert (told["metric"], told["seed"], told["trials"]) == ("HOTA", 0, 4)
    assert [(row["name"], row["role"]) for row in told["sequence"]] == [
        ("A", "train"),
        ("B", "train"),
        ("C", "test"),
    ]
    assert told["train"]["tuned"]["HOTA"] == pytest.approx(found.result.best.score, abs=1e-4)
    assert told["train"]["default"]["HOTA"] == pytest.approx(found.result.attempts[0].score, abs=1e-4)
    assert found.test is not None
    assert told["test"]["tuned"]["IDF1"] == pytest.approx(found.test.tuned.IDF1, abs=1e-4)
    read = read_tracker_file(path)
    assert (read.tracker, settings_to_table(read.settings)) == ("bytetrack", found.settings)


def test_scores_are_those_of_associate_and_eval(data: Path, tmp_path: Path) -> None:
    found = run(data, tmp_path / "tuned.toml")
    nt.associate(data / "C", tmp_path / "out", AssociateOptions(settings=tmp_path / "tuned.toml", quiet=True))
    scored = evaluate_tracking(load_sequences(data / "C", tmp_path / "out")).combined
    assert found.test is not None
    for name in ("HOTA", "MOTA", "IDF1", "IDSW"):
        assert getattr(found.test.tuned, name) == pytest.approx(getattr(scored, name), abs=1e-9), name


def test_the_same_again(data: Path, tmp_path: Path) -> None:
    first, again = run(data, tmp_path / "a.toml"), run(data, tmp_path / "b.toml")
    assert first.result == again.result
    assert (tmp_path / "a.toml").read_text() == (tmp_path / "b.toml").read_text()
    other = run(data, tmp_path / "c.toml", seed=1)
    assert other.result.attempts[0] == first.result.attempts[0]
    assert other.result.attempts[1:] != first.result.attempts[1:]


def test_a_search_that_was_broken_off_goes_on_as_if_it_had_not_been(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(data, tmp_path / "whole.toml", trials=13)
    calls = iter(range(100))
    scores = tune_job.TuneJob._scores

    def broken(job: tune_job.TuneJob, *arguments: object) -> object:
        if next(calls) == 7:
            raise KeyboardInterrupt
        return scores(job, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(tune_job.TuneJob, "_scores", broken)
        with pytest.raises(KeyboardInterrupt):
            run(data, tmp_path / "torn.toml", trials=13)
    assert not (tmp_path / "torn.toml").exists()
    assert run(data, tmp_path / "torn.toml", trials=13).result == whole.result
    assert run(data, tmp_path / "torn.toml", trials=5).result.attempts == whole.result.attempts[:5]


def test_another_search_does_not_go_on_with_this_one(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "tuned.toml")
    for change in ({"seed": 1}, {"train": "A"}, {"metric": "IDF1"}, {"search": ("high_score",)}):
        with pytest.raises(InputError, match="found a search with other sequences, settings, ranges or seed"):
            run(data, tmp_path / "tuned.toml", **change)  # type: ignore[arg-type]
    assert run(data, tmp_path / "tuned.toml", seed=1, overwrite=True).result.attempts
    (tmp_path / "torn.journal").write_text("no journal\n")
    with pytest.raises(InputError, match="journal: found JSONDecodeError"):
        run(data, tmp_path / "torn.toml")


def test_a_file_that_no_search_wrote_is_not_replaced_unasked(data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('tracker = "two-stage"\n')
    with pytest.raises(InputError, match="output: found a file, expected a new name, or --overwrite"):
        run(data, tmp_path / "mine.toml")
    assert run(data, tmp_path / "mine.toml", overwrite=True, trials=1).result.attempts
    with pytest.raises(JobError, match="cannot be written: File name too long"):
        run(data, tmp_path / f"{'x' * 300}.toml")


def test_leaving_one_out(data: Path, tmp_path: Path) -> None:
    found = run(data, tmp_path / "tuned.toml", train="ABC", test="", folds=True)
    assert [fold.name for fold in found.folds] == ["A", "B", "C"]
    assert found.test is None
    told = parse_toml((tmp_path / "tuned.toml").read_text(), "tuned.toml")["tuned"]["folds"]
    gains = found.fold_gains
    assert told["mean_gain"] == pytest.approx(sum(gains) / 3, abs=1e-4)
    assert [row["name"] for row in told["left_out"]] == ["A", "B", "C"]
    # Each is scored on the one sequence that its search did not have.
    alone = run(data, tmp_path / "alone.toml", train="BC", test="A")
    assert alone.test is not None
    assert found.folds[0].default == alone.test.default
    assert found.folds[0].default != found.folds[1].default


def test_kitti_finds_its_labels(tmp_path: Path) -> None:
    for number in range(2):
        write_kitti(tmp_path, f"000{number}", number, kinds=("Car",))
    places = [tmp_path / "det_Car" / f"000{number}.txt" for number in range(2)]
    options = TuneOptions(trials=2, search=("high_score",), quiet=True)
    found = nt.tune(places[:1], places[1:], tmp_path / "tuned.toml", options)
    assert found.train.default.HOTA > 0.3


def test_classes_are_those_that_were_looked_for_or_named(tmp_path: Path) -> None:
    for number in range(2):
        write_kitti(tmp_path, f"000{number}", number)
    cars, people = (
        [tmp_path / f"det_{kind}" / f"000{at}.txt" for at in range(2)] for kind in ("Car", "Pedestrian")
    )

    def scored(kinds: tuple[list[Path], ...], classes: tuple[str, ...] | None = None) -> TuneSummary:
        options = TuneOptions(trials=1, classes=classes, search=("high_score",), quiet=True, overwrite=True)
        train, test = ([kind[at] for kind in kinds] for at in range(2))
        found = nt.tune(train, test, tmp_path / "tuned.toml", options)
        told = parse_toml((tmp_path / "tuned.toml").read_text(), "tuned.toml")["tuned"]
        assert told["classes"] == list(found.classes)
        return found

    assert scored((cars,)).classes == ("car",)
    both = scored((cars, people))
    assert both.classes == ("car", "pedestrian")
    alone = scored((cars, people), ("pedestrian",))
    assert (alone.classes, alone.train.default.GT_Dets) == (("pedestrian",), both.train.default.GT_Dets // 2)
    with pytest.raises(InputError, match="classes: found bus, expected some of car, pedestrian"):
        scored((cars,), ("bus",))


def test_camera_motion_and_gaps_are_those_of_associate(data: Path, tmp_path: Path) -> None:
    for name in "AB":
        place = write_sequence(tmp_path / name, ord(name), length=None)
        lines = (place / "det" / "det.txt").read_text().splitlines(keepends=True)
        kept = [line for line in lines if int(line.split(",")[0]) % 3]
        (place / "det" / "det.txt").write_text("".join(kept))
        (place / "gmc.txt").write_text(
            "".join(f"{frame} 1 0 {60 * (-1) ** frame} 0 1 0\n" for frame in range(1, 31))
        )
    options: dict[str, object] = {"warp": "gmc.txt", "gaps": "skipped"}
    found = run(tmp_path, tmp_path / "tuned.toml", "A", "B", **options)
    told = parse_toml((tmp_path / "tuned.toml").read_text(), "tuned.toml")["tuned"]
    assert (told["warp"], told["gaps"]) == (True, "skipped")
    used = AssociateOptions(settings=tmp_path / "tuned.toml", warp="gmc.txt", gaps="skipped", quiet=True)
    nt.associate(tmp_path / "B", tmp_path / "out", used)
    scored = evaluate_tracking(load_sequences(tmp_path / "B", tmp_path / "out")).combined
    assert found.test is not None
    assert (found.test.tuned.IDSW, found.test.tuned.Dets) == (scored.IDSW, scored.Dets)
    assert abs(found.test.tuned.HOTA - scored.HOTA) < 1e-9
    still = run(tmp_path, tmp_path / "still.toml", "A", "B", gaps="skipped")
    assert still.train.default.HOTA > found.train.default.HOTA
    for change in ({"gaps": "empty"}, {"warp": None}):
        with pytest.raises(InputError, match="found a search with other sequences"):
            run(tmp_path, tmp_path / "tuned.toml", "A", "B", **{**options, **change})


REFUSED = {
    "name": ({"test": "A"}, "test: found A, which is in train too"),
    "no test": ({"test": ""}, "test: found no sequence, expected one at least, or --folds"),
    "one fold": ({"train": "A", "folds": True}, "folds: found 1 training sequence, expected 2"),
    "tracker": ({"tracker": "sort"}, "tracker: found 'sort', expected one of two-stage"),
    "search": ({"search": ("speed",)}, "speed: found no number of this name"),
}


@pytest.mark.parametrize(("options", "message"), list(REFUSED.values()), ids=list(REFUSED))
def test_refused(data: Path, tmp_path: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(data, tmp_path / "tuned.toml", **options)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_only_toml(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="output: found a name ending in"):
        run(data, tmp_path / "tuned.txt")


@pytest.mark.parametrize("copied", ["det/det.txt", "gt/gt.txt"])
def test_a_sequence_under_another_name_is_still_the_same(data: Path, tmp_path: Path, copied: str) -> None:
    """Its truth alone, or its detections alone, are enough; scores, line ends and order do not hide it."""
    write_sequence(tmp_path / "X", seed=77)
    lines = (data / "A" / copied).read_text().splitlines()
    renumbered = [line.replace(",-1,", ",5,", 1) for line in reversed(lines)]
    (tmp_path / "X" / copied).write_text("\r\n".join(renumbered))
    with pytest.raises(InputError, match="test: found X, which has the boxes of A in train"):
        nt.tune([data / "A"], [tmp_path / "X"], tmp_path / "t.toml", TuneOptions(quiet=True))


@pytest.mark.parametrize("kept", [15, 3])
def test_a_part_of_a_sequence_is_not_apart(data: Path, tmp_path: Path, kept: int) -> None:
    """The second half of a video under a new name and with new frame numbers, as benchmarks are halved."""
    write_sequence(tmp_path / "X", seed=77, length=None)
    lines = [line.split(",", 1) for line in (data / "A" / "gt" / "gt.txt").read_text().splitlines()]
    half = [f"{int(frame) - 30 + kept},{rest}" for frame, rest in lines if int(frame) > 30 - kept]
    (tmp_path / "X" / "gt" / "gt.txt").write_text("\n".join(half))
    options = TuneOptions(trials=1, search=SEARCH, quiet=True)
    if kept < 5:
        assert nt.tune([data / "A"], [tmp_path / "X"], tmp_path / "t.toml", options).test
        return
    with pytest.raises(InputError, match="test: found X, which has frames of A in train, expected other"):
        nt.tune([data / "A"], [tmp_path / "X"], tmp_path / "t.toml", options)


def test_truth_that_is_not_there(tmp_path: Path) -> None:
    for seed, name in enumerate("AB"):
        write_sequence(tmp_path / name, seed)
    (tmp_path / "B" / "gt" / "gt.txt").rename(tmp_path / "B.txt")
    places = [[tmp_path / "A"], [tmp_path / "B"]]
    with pytest.raises(InputError, match="truth of B: found nothing, expected gt/gt"):
        nt.tune(*places, tmp_path / "t.toml", TuneOptions(quiet=True))


def test_results_of_tuned_settings_on_what_they_were_tuned_on_are_no_test(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "tuned.toml", train="A", test="C")
    options = AssociateOptions(settings=tmp_path / "tuned.toml", quiet=True)
    write_sequence(tmp_path / "other" / "Z", seed=0)
    done = nt.associate([tmp_path / "other" / "Z", data / "C"], tmp_path / "out", options)
    assert done.warnings == ("Z: the settings were tuned on this sequence (as A): its scores are no test",)
    sequences = load_sequences(data, tmp_path / "out", only=["C"])
    assert tuning_warnings(tmp_path / "out", sequences) == []
    seen = load_sequences(tmp_path / "other", tmp_path / "out")
    assert tuning_warnings(tmp_path / "out" / "Z.txt", seen) == [
        "Z: the tracker's settings were tuned on this sequence (as A): its scores are no test"
    ]
    assert tuning_warnings(data, seen) == []
    record = tmp_path / "out" / "associate.json"
    record.write_text(record.read_text().replace('"role": "train"', '"role": ["train"]'))
    with pytest.raises(InputError, match="tuned_on: found Input should be 'train' or 'test', expected what"):
        tuning_warnings(tmp_path / "out", seen)
