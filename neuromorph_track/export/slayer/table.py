"""The support table of the documentation: ``python -m neuromorph_track.export.slayer.table`` prints it."""

from __future__ import annotations

from neuromorph_track.export.slayer.rules import FAMILIES, RULES, Rule

# Blocks that a family does not have in lava-dl 0.6.0.
ABSENT = {
    "sigma_delta": ("Affine", "KWTA", "Recurrent", "TimeDecimation"),
    "cuba": ("Output",),
}


def support_table() -> str:
    """Markdown: what becomes of each block, and which neurons are refused."""
    lines = ["| block | cuba | sigma_delta | becomes | refused |", "|---|---|---|---|---|"]
    for name, rule in RULES.items():
        cells = (name, _mark("cuba", name, rule), _mark("sigma_delta", name, rule), *_words(rule))
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| neurons of | are | refused because of | use |", "|---|---|---|---|"]
    for name, family in FAMILIES.items():
        if family.refused:
            lines.append(f"| `{name}` | {family.neurons} | {family.refused} | {family.instead} |")
    return "\n".join(lines) + "\n"


def _mark(family: str, name: str, rule: Rule) -> str:
    if name in ABSENT[family]:
        return "–"
    return "yes" if rule.convert is not None and family in rule.families else "no"


def _words(rule: Rule) -> tuple[str, str]:
    if rule.convert is None:
        return "–", f"always: it asks for {rule.becomes}; use {rule.unless}"
    return rule.becomes, rule.unless


if __name__ == "__main__":
    print(support_table(), end="")
