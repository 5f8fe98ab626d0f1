"""The profiles that come with the project, and every way to get one wrong."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import find_faults, list_profiles, load_profile, locate, parse_profile
from neuromorph_track.hardware.load import fields_by_line, line_of

GOOD = """\
schema = "hardware-profile/1"
[profile]
id = "mine"
name = "Mine"
kind = "event_driven"
boundary = "chip"
[counting]
synop = "nonzero_weight"
[energy]
synop = { value = 2.0, low = 1.0, high = 4, unit = "pJ", evidence = "measured", source = ["me"] }

[power.static]
value = 0.1
low = 0.1
high = 0.1
unit = "W"
evidence = "measured"
source = ["me"]

[[source]]
id = "me"
cite = "my own meter"
"""


@pytest.mark.parametrize("name", list_profiles())
def test_every_built_in_profile_loads_under_its_own_name(name: str) -> None:
    assert load_profile(name).id == name


def test_the_promised_profiles_are_there() -> None:
    promised = {"loihi2-oheogulch", "loihi1", "dense-45nm-int8", "dense-45nm-fp32", "jetson-maxwell"}
    assert promised <= set(list_profiles())


def test_every_built_in_profile_has_a_row_in_the_documentation() -> None:
    document = Path(__file__).parents[2] / "docs" / "energy.md"
    text = document.read_text(encoding="utf-8")
    assert [name for name in list_profiles() if f"| `{name}` |" not in text] == []


def test_an_installed_package_brings_its_own_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    monkeypatch.setattr(locate, "_INSTALLED", tmp_path)
    assert list_profiles() == ("mine",)
    assert load_profile("mine").profile.name == "Mine"


def test_a_profile_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    profile = load_profile(path)
    assert profile.energy.synop is not None
    assert profile.energy.synop.si == pytest.approx((1e-12, 2e-12, 4e-12))
    assert [name for name, _ in profile.quantities()] == ["energy.synop", "power.static"]


def line(term: str, unit: str = "pJ", value: str = "1", more: str = "") -> str:
    """One more number, as a line of TOML."""
    interval = f"value = {value}, low = {value}, high = {value}"
    return f'{term} = {{ {interval}, unit = "{unit}", evidence = "vendor", {more}source = ["me"] }}\n'


POWER = "\n[power"
ALL_IN = 'scope = "all_in_dynamic", '
TOTAL = 'scope = "all_in_total", '
FIRST_IN_MACS = '"nonzero_weight"\nfirst_layer = "macs"'

# What is replaced in GOOD, by what; the line and the field named; a part of what was found and expected.
BAD = {
    "missing unit": (', unit = "pJ"', "", 10, "energy.synop.unit", "nothing", "a value"),
    "unknown unit": ('"pJ"', '"cal"', 10, "energy.synop", "'cal'", "a unit among"),
    "unit of another kind": ('"pJ"', '"W"', 10, "energy.synop", "unit 'W'", "a unit of energy"),
    "low above value": ("low = 1.0", "low = 3.0", 10, "energy.synop", "low 3, value 2", "low <= value"),
    "value above high": ("value = 0.1", "value = 0.2", 12, "power.static", "high 0.1", "low <= value"),
    "negative price": ("value = 2.0", "value = -2.0", 10, "energy.synop.value", "-2.0", "greater than"),
    "not finite": ("high = 4", "high = inf", 10, "energy.synop.high", "inf", "finite"),
    "text for a number": ("high = 4", 'high = "4"', 10, "energy.synop.high", "'4'", "valid number"),
    "unknown evidence": ('"measured", s', '"sure", s', 10, "energy.synop.evidence", "'sure'", "'metered'"),
    "no source": ('["me"] }', "[] }", 10, "energy.synop.source", "none", "at least one"),
    "dangling source": (
        'measured"\nsource = ["me"]',
        'measured"\nsource = ["you"]',
        18,
        "power.static.source",
        "'you'",
        "an id of [[source]] (me)",
    ),
    "source twice": (
        '[[source]]\nid = "me"',
        '[[source]]\nid = "me"\ncite = "it"\n[[source]]\nid = "me"',
        24,
        "source.1.id",
        "'me' a second time",
        "each id once",
    ),
    "source that nothing cites": (
        '"my own meter"\n',
        '"my own meter"\n[[source]]\nid = "you"\ncite = "yours"\n',
        24,
        "source.1.id",
        "'you', which no quantity cites",
        "a source that is used",
    ),
    "source without a citation": ('"my own meter"', '""', 22, "source.0.cite", "''", "at least 1 character"),
    "all-in total beside static power": (
        'source = ["me"] }',
        TOTAL + 'source = ["me"] }',
        10,
        "energy.synop",
        "all_in_total beside power.static",
        "does not already contain",
    ),
    "all-in beside another term": (
        POWER,
        line("spike_out", more=ALL_IN) + POWER,
        11,
        "energy.spike_out",
        "all_in_dynamic beside energy.synop",
        "does not already contain",
    ),
    "all-in beside messages": (
        'source = ["me"] }\n',
        ALL_IN + 'source = ["me"] }\n' + line("message"),
        10,
        "energy.synop",
        "all_in_dynamic beside energy.message",
        "does not already contain",
    ),
    "all-in beside the embedded processor": (
        'source = ["me"] }\n',
        ALL_IN + 'source = ["me"] }\n[power.embedded_cpu]\n' + line("x", "W")[5:-2].replace(", ", "\n"),
        10,
        "energy.synop",
        "all_in_dynamic beside power.embedded_cpu",
        "does not already contain",
    ),
    "all-in power": (
        'unit = "W"',
        'unit = "W"\nscope = "all_in_total"',
        17,
        "power.static.scope",
        "'all_in_total'",
        "'per_term'",
    ),
    "unknown field": ("high = 4", "hgih = 4, high = 4", 10, "energy.synop.hgih", "this name", "only fields"),
    "a number for a quantity": (POWER, "spike_out = 3\n" + POWER, 11, "energy.spike_out", "3", "a table"),
    "a text for a list": ('["me"] }', '"me" }', 10, "energy.synop.source", "'me'", "a list"),
    "no name for commands": ('"mine"', '"My chip"', 3, "profile.id", "'My chip'", "text to match pattern"),
    "unknown boundary": ('"chip"', '"desk"', 6, "profile.boundary", "'desk'", "'core', 'chip'"),
    "unknown term": (POWER, line("synopse") + POWER, 11, "energy.synopse", "this name", "only fields"),
    "no interval": (" low = 1.0,", "", 10, "energy.synop.low", "nothing", "a value"),
    "a price of nothing": (
        "value = 2.0, low = 1.0",
        "value = 0, low = 0",
        10,
        "energy.synop.value",
        "0",
        "than 0",
    ),
    "beyond all sense": ("high = 4", "high = 1e300", 10, "energy.synop.high", "1e+300", "less than or equal"),
    "MACs without a price": (
        '"nonzero_weight"',
        '"dense_mac"',
        9,
        "energy.mac",
        "nothing",
        "a price, because counting.synop is 'dense_mac'",
    ),
    "synops and MACs": (
        POWER,
        line("mac") + POWER,
        11,
        "energy.mac",
        "energy.mac",
        "none, because counting.synop",
    ),
    "first layer in MACs without their price": (
        '"nonzero_weight"',
        FIRST_IN_MACS,
        10,
        "energy.mac",
        "nothing",
        "counting.first_layer is 'macs'",
    ),
    "updates priced twice": (
        POWER,
        line("neuron_update") + line("neuron_update_active") + line("neuron_update_idle") + POWER,
        12,
        "energy.neuron_update_active",
        "a second price",
        "none beside energy.neuron_update",
    ),
    "active updates alone": (
        POWER,
        line("neuron_update_active") + POWER,
        11,
        "energy.neuron_update_active",
        "no energy.neuron_update_idle",
        "both",
    ),
    "idle updates alone": (
        POWER,
        line("neuron_update_idle") + POWER,
        11,
        "energy.neuron_update_idle",
        "no energy.neuron_update_active",
        "both",
    ),
    "memory without a width": (
        POWER,
        line("memory_bit") + POWER,
        11,
        "energy.memory_bit",
        "no resources.weight_bits",
        "how many bits",
    ),
    "columns of nothing": (
        POWER,
        '[mapping]\nrule = "columns"\n' + POWER,
        12,
        "mapping.rule",
        "'columns' without",
        "how much a core holds",
    ),
    "half a core": (
        POWER,
        "[resources]\n" + line("cores", "count", "1.5") + POWER,
        12,
        "resources.cores",
        "low 1.5",
        "whole numbers from 1 on",
    ),
    "no core": (
        POWER,
        "[resources]\ncores = "
        + '{ value = 1, low = 0, high = 1, unit = "count", evidence = "vendor", source = ["me"] }\n'
        + POWER,
        12,
        "resources.cores",
        "low 0",
        "whole numbers from 1 on",
    ),
    "a spread that shrinks": (
        POWER,
        "[spread]\n" + line("chip", "ratio", "0.9") + POWER,
        12,
        "spread.chip",
        "low 0.9",
        "numbers from 1 on",
    ),
    "control character": (
        '"Mine"',
        '"Mi\\u001bne"',
        4,
        "profile.name",
        "\\x1b",
        "without control characters",
    ),
    "other schema": ("profile/1", "profile/9", 1, "schema", "profile/9'", "'hardware-profile/1'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_profile_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    old, new, number, field, found, expected = BAD[case]
    assert GOOD.count(old) == 1
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_profile(path)
    error = caught.value
    assert (error.source, error.field) == (f"{path}:{number}", field)
    assert found in error.found
    assert expected in error.expected
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("content", "field"), [(b"schema = ", "syntax"), (b"\xff\xfe", "file"), (b"", "schema"), (None, "file")]
)
def test_a_file_that_is_no_profile(content: bytes | None, field: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_profile(path)
    assert (caught.value.source, caught.value.field) == (str(path), field)


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=r"'loihi3'.*loihi1, loihi2-"):
        load_profile("loihi3")


def test_the_first_layer_may_be_counted_in_macs() -> None:
    text = GOOD.replace('"nonzero_weight"', FIRST_IN_MACS).replace(POWER, line("mac") + POWER)
    profile = parse_profile(text, "mine.toml")
    assert {"energy.synop", "energy.mac"} <= {path for path, _ in profile.quantities()}


@pytest.mark.parametrize("term", ["neuron_update", "spike_out", "message", "hop", "barrier", "synop"])
def test_a_dense_machine_has_no_price_of_what_it_never_does(term: str) -> None:
    text = GOOD.replace('"nonzero_weight"', '"dense_mac"').replace("synop = {", "mac = {")
    assert find_faults(text, "mine.toml") == ()
    (fault,) = find_faults(text.replace(POWER, line(term) + POWER), "mine.toml")
    assert (fault.source, fault.field) == ("mine.toml:11", f"energy.{term}")
    assert fault.expected == "none, because counting.synop is 'dense_mac'"


def test_active_and_idle_updates_go_together() -> None:
    text = GOOD.replace(POWER, line("neuron_update_active") + line("neuron_update_idle") + POWER)
    assert find_faults(text, "mine.toml") == ()


def test_all_faults_are_found_in_the_order_of_their_lines() -> None:
    text = (
        GOOD.replace("low = 1.0", "low = -1.0")
        .replace("boundary", "bound")
        .replace('unit = "W"', 'unit = "pJ"')
    )
    found = [(fault.source, fault.field) for fault in find_faults(text, "mine.toml")]
    assert found == [
        ("mine.toml:2", "profile.boundary"),
        ("mine.toml:6", "profile.bound"),
        ("mine.toml:10", "energy.synop.low"),
        ("mine.toml:12", "power.static"),
    ]


def test_faults_between_tables_are_found_together_too() -> None:
    text = GOOD.replace('["me"] }', '["you"] }') + '[mapping]\nrule = "columns"\n'
    found = [fault.field for fault in find_faults(text, "mine.toml")]
    assert found == ["energy.synop.source", "mapping.rule"]


HOSTILE = {
    "too large": ("a = " + "[" * 100_000, "a profile of 65536 at most"),
    "brackets without end": ("a = " + "[" * 5_000, "valid TOML"),
    "deep key": ("schema." + "a." * 900 + "b = 1", "a profile"),
    "deep array": ("schema = " + "[" * 20 + "]" * 20, "a profile"),
    "table of blanks": ("[" + " " * 50_000 + "\na = 1", "valid TOML"),
    "text of blanks": ('schema = """\n[' + " " * 50_000 + '\n"""', "'hardware-profile/1'"),
    "long key": (f'"{"a" * 50_000}" = 1', "only fields that a profile knows"),
    "long number": ("schema = 1" + "0" * 20_000, "TOML"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_short_lines(case: str) -> None:
    text, expected = HOSTILE[case]
    faults = find_faults(text, "mine.toml")
    assert any(expected in fault.expected for fault in faults)
    assert all(len(str(fault)) < 500 for fault in faults)


@pytest.mark.parametrize(
    ("text", "field", "number"),
    [
        ("[ a . 'b' ]\n\n\"c\" = 1", "a.b.c", 3),
        ("a = { b = { c = 1 } }", "a.b.c", 1),
        ("[a]\nb.c = 1\n[d]\nc = 1", "d.c", 4),
        ("[[a]]\nb = 1\n[[a]]\nb = 1", "a.1.b", 4),
        ("# a = 1\n[b] # [a]\na = 1", "b.a", 3),
        ("[a]\nb = 1", "a.c", 1),
        ("[a]\nb = 1", "c", None),
    ],
)
def test_the_line_of_a_field(text: str, field: str, number: int | None) -> None:
    assert line_of(fields_by_line(text), field) == number


def test_a_made_up_key_cannot_write_on_the_terminal() -> None:
    faults = find_faults(GOOD.replace("[counting]", '"\\u001b[31m" = 1\n[counting]'), "mine.toml")
    assert [fault.field for fault in faults] == [r"'profile.\x1b[31m'"]


def test_no_more_than_a_hundred_faults_are_listed() -> None:
    faults = find_faults(GOOD + "[mapping]\n" + "".join(f"a{n} = 1\n" for n in range(3_000)), "mine.toml")
    assert len(faults) == 100


def test_the_example_of_the_documentation_is_a_profile() -> None:
    text = (Path(__file__).parents[2] / "docs" / "energy.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("## A profile of your own\n")
    example = "".join(row[4:] for row in rest.splitlines(keepends=True) if row.startswith("    "))
    assert parse_profile(example, "energy.md").id == "mine"


def test_loihi2_times_agree_with_the_step_they_were_taken_from() -> None:
    # Busiest core of PilotNet LIF: 150,980 synops and 4 x 15 x 36 neurons; measured 150.4 to 152.8 us a step.
    time = load_profile("loihi2-oheogulch").time
    assert time.synop is not None
    assert time.neuron_update is not None
    assert time.barrier is not None
    step = time.barrier.si[1] + 150_980 * time.synop.si[1] + 2160 * time.neuron_update.si[1]
    assert math.isclose(step, 151.6e-6, rel_tol=0.01)
