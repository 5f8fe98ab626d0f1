"""How Sphinx builds the documentation; what each part is for stands in documentation.md."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from executed_notebooks.fingerprint import fingerprint

HERE = Path(__file__).resolve().parent
FAST = os.environ.get("NEUROMORPH_TRACK_DOCS") == "fast"

project = "neuromorph-track"
author = "neuromorph-track contributors"
project_copyright = author
release = version = installed("neuromorph-track")
language = "en"
# --resume is an option, and no dash.
smartquotes = False

extensions = [
    "myst_nb",
    "executed_notebooks",
    "pages_from_code",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
exclude_patterns = ["executed_notebooks", "pages_from_code", "**/.ipynb_checkpoints"]
nitpicky = True
# A word in the place of a type (stride) may be the name of many things.
suppress_warnings = ["ref.python"]
# Single backticks in docstrings are code, as everywhere.
default_role = "literal"

# Pages are Markdown that GitHub shows too.
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

# Each notebook runs in a folder of its own: nothing it writes is left beside the pages.
nb_execution_mode = "off" if FAST else "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_in_temp = True
# What was kept is good for the same notebook and the same code.
nb_execution_cache_path = str(HERE.parent / "build" / "notebooks" / fingerprint(HERE.parent))

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = False
napoleon_use_rtype = False
# An attribute is told of once, in its class: not again as a member without a text.
napoleon_use_ivar = True

html_theme = "furo"
html_title = "neuromorph-track"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
copybutton_exclude = ".linenos, .gp, .go"
pygments_style = "default"
pygments_dark_style = "github-dark"
