"""The page in a real Chromium: it loads, plays, follows, sorts and answers to keys, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from neuromorph_track.runs import RunSummary
from neuromorph_track.runs.report import ReportOptions, report
from tests.runs.test_report import with_few_chips

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PLAYABLE = "[...document.querySelectorAll('video')].every((video) => video.readyState >= 2)"
# A busy machine may take its time.
PATIENCE = 60_000

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def one(run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    return report(with_few_chips(run.folder, folder / "one"), folder / "one.html").path


@pytest.fixture(scope="module")
def two(run: RunSummary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    again = with_few_chips(run.folder, folder / "again")
    return report([run.folder, again], folder / "two.html").path


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Open a file; at the end of the test nothing was complained of, and nothing was asked of a network."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def opened(path: Path, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        own = (path.as_uri(), "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else complaints.append(asked.url))
        page.goto(path.as_uri())
        until(page, PLAYABLE)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def until(page: Any, condition: str) -> None:
    """Playwright's own waiting evaluates texts inside the page, which the page's policy forbids."""
    for _ in range(PATIENCE // 100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never came: {condition}")


def frame(page: Any) -> int:
    return int(page.locator("#lanes").get_attribute("aria-valuenow"))


def cursor(page: Any) -> float:
    """Where the cursor stands, 0 to 1."""
    line, lanes = page.locator(".cursor").bounding_box(), page.locator("#lanes").bounding_box()
    return float((line["x"] - lanes["x"]) / lanes["width"])


def test_the_playhead_moves_the_cursor(visit: Open, one: Path) -> None:
    page = visit(one)
    assert (frame(page), page.locator("#now").inner_text()) == (1, "frame 1 of 12 · 0.00 s")
    page.locator("#play").click()
    until(page, "document.getElementById('lanes').getAttribute('aria-valuenow') === '12'")
    assert cursor(page) == pytest.approx(11.5 / 12, abs=0.01)
    assert page.locator("#play").get_attribute("aria-label") == "Play"


def test_a_click_and_a_drag_seek_the_video(visit: Open, one: Path) -> None:
    page = visit(one)
    lanes = page.locator("#lanes")
    lanes.scroll_into_view_if_needed()
    box = lanes.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 4.5 / 12, box["y"] + 40)
    assert frame(page) == 5
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(4.5 / 20, abs=1e-3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 9.5 / 12, box["y"] + 40)
    page.mouse.up()
    assert frame(page) == 10
    assert cursor(page) == pytest.approx(9.5 / 12, abs=0.01)


def test_numbers_follow_the_playhead(visit: Open, one: Path) -> None:
    page = visit(one)
    page.locator("#lanes").focus()
    page.keyboard.press("End")
    shown = page.evaluate("JSON.parse(document.getElementById('player').textContent).runs[0].synops.at(-1)")
    assert page.locator(".lane b").nth(1).inner_text() == f"{shown:,}"


def test_the_keys(visit: Open, one: Path) -> None:
    page = visit(one)
    for key, expected in (
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 12),
        ("ArrowLeft", 11),
        ("Shift+ArrowLeft", 1),
        ("ArrowLeft", 1),
    ):
        page.keyboard.press(key)
        assert frame(page) == expected
    page.keyboard.press("Space")
    # So slowly that a busy machine does not see the end before the next key.
    page.evaluate("document.querySelector('video').playbackRate = 0.0625")
    until(page, "document.getElementById('lanes').getAttribute('aria-valuenow') > 1")
    page.keyboard.press("Space")
    assert page.evaluate("document.querySelector('video').paused")


def test_every_control_is_reached_by_tab(visit: Open, one: Path) -> None:
    page = visit(one)
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"skip", "theme", "play", "speed", "chip", "lanes", "scroll"} <= reached


def test_a_table_sorts(visit: Open, one: Path) -> None:
    page = visit(one)
    table = page.locator("#energy-0 table").first
    heading = table.locator("thead th").nth(2)

    def column() -> list[float]:
        cells = "(table) => [...table.tBodies[0].rows].map((row) => row.cells[2].dataset.sort)"
        return [float(key) for key in table.evaluate(cells) if key is not None]

    before = column()
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column() == sorted(before, reverse=True) != before
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(before)


def test_another_chip_draws_another_curve(visit: Open, one: Path) -> None:
    page = visit(one)
    scale = page.locator(".lane .scale").nth(2)
    before = scale.inner_text()
    page.locator("#chip").select_option("truenorth")
    assert scale.inner_text() != before
    assert page.locator(".lane header span").nth(4).inner_text() == "Energy, all in"


def test_a_chip_s_mapping_is_chosen(visit: Open, one: Path) -> None:
    page = visit(one)
    chips = (
        "[...document.querySelectorAll('#mapping-0 .placed:not([hidden])')].map((each) => each.dataset.chip)"
    )
    assert page.evaluate(chips) == ["loihi2-kapoho-point"]
    select = page.locator("#mapping-0 select")
    assert select.input_value() == "loihi2-kapoho-point"
    assert [" ".join(text.split()) for text in select.locator("option").all_inner_texts()] == [
        "Loihi 2 (Kapoho Point)",
        "TrueNorth (does not fit)",
    ]
    select.select_option("truenorth")
    assert page.evaluate(chips) == ["truenorth"]
    assert page.locator("#mapping-0 caption").last.is_visible()
    assert not page.locator("#mapping-0 caption").first.is_visible()
    # A table that was hidden sorts like any other.
    heading = page.locator("#mapping-0 .placed").last.locator("thead th").nth(1)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"


def test_without_a_script_all_mappings_stand_there(browser: Any, one: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(one.as_uri())
    assert [each.is_visible() for each in page.locator("#mapping-0 caption").all()] == [True, True]
    assert not page.locator("#mapping-0 select").is_visible()
    context.close()


@pytest.mark.parametrize(("prefers", "first"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 27)")])
def test_light_and_dark(visit: Open, one: Path, prefers: str, first: str) -> None:
    page = visit(one, color_scheme=prefers)
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == first
    page.locator("#theme").click()
    assert page.evaluate(paper) != first
    page.locator("#theme").click()
    assert page.evaluate(paper) == first


def test_on_a_phone_and_on_paper_nothing_sticks_out(visit: Open, one: Path, tmp_path: Path) -> None:
    page = visit(one, viewport={"width": 390, "height": 844})
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    # On paper everything is unfolded.
    assert page.locator("details:not([open])").count() == 0


def test_on_paper_stands_what_the_screen_shows(visit: Open, one: Path) -> None:
    page = visit(one)
    page.locator("#mapping-0 select").select_option("truenorth")
    page.keyboard.press("ArrowRight")
    page.emulate_media(media="print")
    # The picture, the cursor and the numbers are of one frame, which is named.
    assert page.locator("#now").inner_text().startswith("frame 2 of 12")
    for control in ("#play", "#speed", "#chip", "#mapping-0 select", "#theme", ".copy"):
        assert not page.locator(control).first.is_visible(), control
    assert page.locator("#mapping-0 caption").last.is_visible()
    # A button in a heading would be missing on the next sheet.
    button = "getComputedStyle(document.querySelector('#layers-0 thead button')).display"
    assert page.evaluate(button) == "contents"


def test_two_runs_move_together(visit: Open, two: Path) -> None:
    page = visit(two)
    assert page.locator("video").count() == 2
    assert page.locator(".lane .curve").count() == 6
    page.keyboard.press("Shift+ArrowRight")
    times = page.evaluate("[...document.querySelectorAll('video')].map((video) => video.currentTime)")
    assert times == pytest.approx([10.5 / 20] * 2, abs=1e-3)
    assert page.locator(".lane b").first.inner_text().count("/") == 1
    details = page.locator("details.run").first
    assert not details.locator("#layers-0").is_visible()
    details.locator("summary").first.click()
    assert details.locator("#layers-0").is_visible()


def test_hostile_names_run_nothing(visit: Open, run: RunSummary, tmp_path: Path) -> None:
    folder = with_few_chips(run.folder, tmp_path / "<img src=x onerror=document.title='caught'>")
    text = (folder / "run.json").read_text()
    hostile = "</script><script>document.title='caught'</script>"
    (folder / "run.json").write_text(text.replace('"name": "scenes-nano"', f'"name": "{hostile}"'))
    page = visit(report(folder, tmp_path / "page.html", ReportOptions(video=False)).path)
    assert "caught" not in page.title().replace(folder.name, "")
    assert hostile in page.locator("h1").inner_text()
