"""Parts of the page that are worked out from a text or a row alone."""

from __future__ import annotations

import pytest

from neuromorph_track.reports.html.counts import scores_page
from neuromorph_track.reports.html.marked import with_code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no command", "no command"),
        ("`a b` says, and `c`", "<code>a b</code> says, and <code>c</code>"),
        ("`<b>` & <i>", "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"),
        ("one ` alone", "one ` alone"),
    ],
)
def test_commands_in_sentences(text: str, shown: str) -> None:
    assert with_code(text) == shown


@pytest.mark.parametrize(
    ("row", "noted"), [({"HOTA": 0.5, "IDs": 67, "Dets": 9}, True), ({"AO": 0.5}, False)]
)
def test_scores_say_what_is_counted(row: dict[str, float], noted: bool) -> None:
    table = scores_page([row])
    assert table is not None
    assert any("fewer than the tracks that were given out" in note for note in table.notes) == noted
