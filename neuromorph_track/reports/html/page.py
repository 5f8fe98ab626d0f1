"""The page itself: one file, no network, nothing that a name in a run could break out of."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from neuromorph_track.reports.html.content import Against, RunContent
from neuromorph_track.reports.html.counts import layers_page, mapping_page, scores_page
from neuromorph_track.reports.html.energy import against_page, energy_page
from neuromorph_track.reports.html.headline import (
    compared_sentences,
    counted,
    headline_chip,
    key_figures,
    run_sentences,
)
from neuromorph_track.reports.html.marked import with_code
from neuromorph_track.reports.html.overview import overview_page
from neuromorph_track.reports.html.parameters import parameter_groups
from neuromorph_track.reports.html.player import clips, player_data
from neuromorph_track.reports.html.table import OUTLINES
from neuromorph_track.reports.style import PALETTE

MARKER = "<!-- neuromorph-track report/1 -->"
PARTS = Path(__file__).parent / "parts"
SCRIPTS = ("theme.js", "tables.js", "mapping.js", "clips.js", "lanes.js", "playhead.js", "main.js")


def render(runs: Sequence[RunContent], against: Against | None = None) -> str:
    """HTML about one run, or about several set against the first of them."""
    environment = Environment(
        loader=FileSystemLoader(PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = with_code
    environment.globals.update(
        outlines=OUTLINES,
        counted=counted,
        headline_chip=headline_chip,
        energy_page=energy_page,
        layers_page=layers_page,
        mapping_page=mapping_page,
        scores_page=scores_page,
        parameter_groups=parameter_groups,
        run_sentences=run_sentences,
        key_figures=key_figures,
    )
    style = _style()
    script = "\n".join((PARTS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return environment.get_template("page.html.j2").render(
        marker=MARKER,
        policy=_policy(style, script),
        style=style,
        script=script,
        runs=runs,
        against=against,
        sentences=compared_sentences(runs, against) if against else run_sentences(runs[0]),
        overview=overview_page(runs, against) if against else None,
        compared=against_page(against) if against else None,
        player=player_data(runs),
        clips=clips(runs),
    )


def _style() -> str:
    colours = "".join(f"--colour{number}:{colour};" for number, colour in enumerate(PALETTE))
    return f":root{{{colours}}}\n" + (PARTS / "style.css").read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Only this style and this script, by their digests: markup in a run's names can load and run nothing."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "media-src blob:; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
