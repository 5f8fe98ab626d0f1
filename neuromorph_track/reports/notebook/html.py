"""HTML for a notebook's cell; whatever is put in is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment

# Colours come from the notebook's own theme, light or dark.
_CELL = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<div class="neuromorph-track">
{% if title %}
<p style="margin:0.2em 0"><strong>{{ title }}</strong></p>
{% endif %}
{% for line in lines %}
<p style="margin:0.2em 0">{{ line }}</p>
{% endfor %}
{% for table in tables %}
<table class="dataframe" style="margin:0.6em 0">
{% if table.caption %}
<caption style="text-align:left;caption-side:top">{{ table.caption }}</caption>
{% endif %}
<thead><tr>
{% for heading in table.headings %}
<th style="text-align:{{ 'left' if loop.index0 < table.words else 'right' }}">{{ heading }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in table.rows %}
<tr>
{% for cell in row %}
<td style="text-align:{{ 'left' if loop.index0 < table.words else 'right' }};white-space:nowrap">\
{% if table.bold_last and row is sameas table.rows[-1] %}<strong>{{ cell }}</strong>\
{% else %}{{ cell }}{% endif %}</td>
{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
{% for line in after %}
<p style="margin:0.2em 0">{{ line }}</p>
{% endfor %}
{% for warning in warnings %}
<p style="margin:0.2em 0"><strong>! {{ warning }}</strong></p>
{% endfor %}
</div>
""")


@dataclass(frozen=True)
class HtmlTable:
    """A table of texts.

    Attributes
    ----------
    headings : sequence of str
    rows : sequence of sequences of str
    caption : str
    words : int
        How many columns from the left hold words and not numbers.
    bold_last : bool
        Whether the last row is a sum.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    words: int = 1
    bold_last: bool = False


def cell(
    title: str = "",
    lines: Sequence[str] = (),
    tables: Sequence[HtmlTable] = (),
    warnings: Sequence[str] = (),
    after: Sequence[str] = (),
) -> str:
    """What a notebook shows of a result: a title, some lines, tables, and what must not be overlooked.

    Lines of ``after`` stand below the tables.
    """
    return _CELL.render(title=title, lines=lines, tables=tables, warnings=warnings, after=after)
