"""The profiles that come with the project, and every way to get one wrong."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, list_profiles, load_profile, locate

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
    profile = load_profile(name)
    assert profile.id == name
    cited = {source for _, quantity in profile.quantities() for source in quantity.source}
    assert cited == {source.id for source in profile.source}


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


SECOND = (
    'spike_out = { value = 1, low = 1, high = 1, unit = "pJ", evidence = "vendor", SCOPEsource = ["me"] }'
)

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
    "no source": ('["me"] }', "[] }", 10, "energy.synop.source", "[]", "at least 1"),
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
        '[[source]]\nid = "me"\ncite = ""\n[[source]]\nid = "me"',
        24,
        "source.1.id",
        "'me' a second time",
        "each id once",
    ),
    "all-in total beside static power": (
        'source = ["me"] }',
        'scope = "all_in_total", source = ["me"] }',
        10,
        "energy.synop",
        "all_in_total beside power.static",
        "does not already contain",
    ),
    "all-in beside another term": (
        "\n[power",
        SECOND.replace("SCOPE", 'scope = "all_in_dynamic", ') + "\n[power",
        11,
        "energy.spike_out",
        "all_in_dynamic beside energy.synop",
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
    "unknown boundary": ('"chip"', '"desk"', 6, "profile.boundary", "'desk'", "'core', 'chip'"),
    "MACs without a price": ('"nonzero_weight"', '"dense_mac"', 9, "energy.mac", "nothing", "a price"),
    "synops and MACs": (
        "\n[power",
        SECOND.replace("spike_out", "mac").replace("SCOPE", "") + "\n[power",
        11,
        "energy.mac",
        "energy.mac",
        "none, because counting.synop",
    ),
    "other schema": ("profile/1", "profile/9", 1, "schema", "profile/9'", "'hardware-profile/1'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_profile_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    old, new, line, field, found, expected = BAD[case]
    assert GOOD.count(old) == 1
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_profile(path)
    error = caught.value
    assert (error.source, error.field) == (f"{path}:{line}", field)
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
    with pytest.raises(InputError, match=r"'loihi3'.*loihi1, loihi2-oheogulch"):
        load_profile("loihi3")


def test_there_is_a_json_schema() -> None:
    properties = HardwareProfile.model_json_schema(by_alias=True)["properties"]
    assert {"schema", "profile", "counting", "energy", "power", "time", "resources", "source"} == set(
        properties
    )


def test_loihi2_times_agree_with_the_step_they_were_taken_from() -> None:
    # Busiest core of PilotNet LIF: 150,980 synops and 4 x 15 x 36 neurons; measured 150.4 to 152.8 us a step.
    time = load_profile("loihi2-oheogulch").time
    assert time.synop is not None
    assert time.neuron_update is not None
    assert time.barrier is not None
    step = time.barrier.si[1] + 150_980 * time.synop.si[1] + 2160 * time.neuron_update.si[1]
    assert math.isclose(step, 151.6e-6, rel_tol=0.01)
