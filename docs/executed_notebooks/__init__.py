"""What the build proves of the notebooks that it has executed; a warning, hence an error, where one fails."""

from __future__ import annotations

from pathlib import Path

import nbformat
from sphinx.application import Sphinx
from sphinx.util import logging

from executed_notebooks.proof import faults, seconds_fault, seconds_line

LOGGER = logging.getLogger(__name__)


def _prove(app: Sphinx, exception: Exception | None) -> None:
    """Look at them as they were executed, errors and warnings included, and not as the pages show them."""
    if exception is not None:
        return
    ran = {name: found["exec_data"] for name, found in app.env.nb_metadata.items() if "exec_data" in found}
    if not ran:
        return
    folder = Path(app.env.mystnb_config.output_folder)
    for name in sorted(ran):
        for fault in faults(nbformat.read(folder / f"{name}.ipynb", as_version=4)):
            LOGGER.warning(fault, location=name, type="notebooks")
    seconds = {Path(name).name: float(ran[name]["runtime"]) for name in sorted(ran)}
    LOGGER.info(seconds_line(seconds))
    if (fault := seconds_fault(seconds)) is not None:
        LOGGER.warning(fault, type="notebooks")


def setup(app: Sphinx) -> dict[str, bool]:
    # Who executes them.
    app.setup_extension("myst_nb")
    app.connect("build-finished", _prove)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
