"""One door to lava-dl: import it quietly, or say what is missing."""

from __future__ import annotations

import contextlib
import io
import warnings
from types import ModuleType

from neuromorph_track.errors import JobError


def load_slayer() -> ModuleType:
    """Return ``lava.lib.dl.slayer``.

    Raises
    ------
    JobError
        When lava-dl is not installed here; the message says how to get it.
    """
    try:
        # On import lava-dl prints an advertisement, and PyTorch a remark on CUDA where there is none.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            from lava.lib.dl import slayer
    except ImportError as error:
        raise JobError(
            "this needs lava-dl 0.6.0, which runs on Python 3.10 alone: "
            f"install neuromorph-track[lava] there ({error})"
        ) from error
    # lava-dl's weight norm is the old one for good; nobody who reads the warning can change it.
    warnings.filterwarnings("ignore", "torch.nn.utils.weight_norm is deprecated")
    module: ModuleType = slayer
    return module
