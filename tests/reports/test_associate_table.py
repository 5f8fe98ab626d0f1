"""Tables of what association did and took."""

from __future__ import annotations

from rich.table import Table

from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.data.detection_files import LeftOut
from neuromorph_track.reports.associate_table import sequences_table, stages_table


def done(name: str, frames: int = 100, seconds: float = 0.5) -> AssociatedSequence:
    left_out = LeftOut(without_area=2, repeated=3, reordered=7)
    return AssociatedSequence(
        name, frames, 1000, left_out, 12, 900, seconds, {"match": seconds}, 4096, {}, "", f"{name}.txt", ""
    )


def cells(table: Table) -> dict[str, list[str]]:
    return {str(column.header): [str(cell) for cell in column.cells] for column in table.columns}


def test_sums_are_over_all_sequences() -> None:
    found = cells(sequences_table([done("A"), done("B", 300, 1.5)], "ocsort"))
    assert found["Sequence"] == ["A", "B", "all"]
    assert found["Frames"] == ["100", "300", "400"]
    # Boxes that were only moved are not left out.
    assert found["Left out"] == ["5", "5", "10"]
    assert found["Frames/s"] == ["200", "200", "200"]


def test_one_sequence_has_no_sum() -> None:
    assert cells(sequences_table([done("A", seconds=0.0)], "ocsort"))["Frames/s"] == ["-"]


def test_stages() -> None:
    found = cells(stages_table({"predict": 0.25, "match": 0.75}, 1000))
    assert found["µs/frame"] == ["250", "750"]
    assert found["Share"] == ["25 %", "75 %"]
    assert cells(stages_table({}, 0))["Stage"] == []
