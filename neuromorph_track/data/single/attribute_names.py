"""The short names under which benchmarks file what makes a sequence hard, in the order of their files."""

from __future__ import annotations

from pathlib import Path

from neuromorph_track.data.single.box_files import read_flags

# Fan et al., LaSOT, CVPR 2019: the columns of the evaluation toolkit's ``annos/att/NAME.txt``.
LASOT = ("IV", "POC", "DEF", "MB", "CM", "ROT", "BC", "VC", "SV", "FOC", "FM", "OV", "LR", "ARC")
# Mueller et al., UAV123, ECCV 2016: the columns of ``anno/UAV123/att/NAME.txt``.
UAV123 = ("SV", "ARC", "LR", "FM", "FOC", "POC", "OV", "BC", "IV", "VC", "CM", "SOB")
# Wang et al., VisEvent, IEEE Transactions on Cybernetics 2023: of the toolkit's ``annos/att``; Tang et al.,
# COESOT, 2022, has the same; Wang et al., EventVOT, CVPR 2024, others.
VISEVENT = (
    "CM", "ROT", "DEF", "FOC", "LI", "OV", "POC", "VC", "SV", "BC", "MB", "ARC", "FM", "NMO", "IV", "OE",
    "BOM",
)  # fmt: skip
COESOT = VISEVENT
EVENTVOT = (
    "CM", "DEF", "MOC", "HOC", "FOC", "LI", "OV", "FM", "BC", "NM", "BOM", "SIO", "SV", "ST",
)  # fmt: skip


def marked(path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names whose column is 1 in a file of flags; none where there is no such file.

    Raises
    ------
    InputError
    """
    if not path.is_file():
        return ()
    flags = read_flags(path, len(names))
    return tuple(name for name, flag in zip(names, flags, strict=True) if flag)
