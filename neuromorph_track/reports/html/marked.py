"""Commands within sentences: backticks in a terminal, code in a page."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_COMMAND = re.compile("`([^`]+)`")


def with_code(text: str) -> Markup:
    """``text`` for a page, what stands between backticks as code; nothing else in it becomes markup."""
    return Markup(_COMMAND.sub(r"<code>\1</code>", str(escape(text))))
