"""What a person does with catalogues: bring a table, correct what its columns mean, build, watch, switch, delete."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from models.build import write_bundle
from tests.conftest import serving
from tests.dash_app.songs import songs, songs_csv
from tests.models.tiny import learned

READ_MS = 120_000
BUILT_MS = 280_000
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home in which nothing is built yet."""
    return tmp_path_factory.mktemp("workshop")


@pytest.fixture(scope="module")
def workshop(home, tmp_path_factory):
    """The address of a server over it."""
    with serving(home, tmp_path_factory.mktemp("log") / "log.txt", ready="/healthz") as address:
        yield address


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "My playlist.csv"
    path.write_bytes(songs_csv())
    return path


def bring(page: Page, *files: Path) -> None:
    """Choose files and wait until they are read."""
    page.locator("#catalogues-files").set_input_files(files)
    expect(page.locator("#draft-account .account")).to_be_visible(timeout=READ_MS)
    read_again(page)


def read_again(page: Page) -> None:
    expect(page.locator("#catalogues-draft")).not_to_have_class(re.compile("is-reading"), timeout=READ_MS)


def taken_for(page: Page, column: str):
    return page.get_by_label(f"{column} is taken for", exact=True)


def build(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Build", exact=True).click()


def build_of(page: Page, name: str):
    return page.locator(".build", has_text=name)


def violations(page: Page) -> str:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return "\n".join(f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found)


@pytest.mark.timeout(900)
def test_from_an_empty_server_to_a_catalogue_of_ones_own(workshop, page, open_page, table, watch):
    watch.expect("status of 409")  # a name that is being built already
    page.goto(workshop)
    expect(page.locator("h1")).to_have_text("Which catalogues are there?")
    assert page.url == f"{workshop}/catalogues"
    expect(page.locator("#catalogues-list")).to_contain_text("No catalogue was built yet.")
    expect(page.locator(".notice")).not_to_be_visible()

    # The mapping is proposed, and corrected in place.
    bring(page, table)
    expect(page.get_by_label("Name", exact=True)).to_have_value("my-playlist")
    expect(taken_for(page, "BPM")).to_have_value("tempo")
    expect(page.get_by_label("Unit of Length")).to_have_value("m:ss")
    expect(page.locator(".account")).to_have_text("121 rows read = 119 kept + 1 merged + 1 rejected.")
    taken_for(page, "Sparkle").focus()
    taken_for(page, "Sparkle").select_option("valence")
    read_again(page)
    expect(taken_for(page, "Sparkle")).to_have_value("valence")
    expect(taken_for(page, "Sparkle")).to_be_focused()
    taken_for(page, "Pop").select_option("")
    read_again(page)
    expect(page.locator("#draft-account")).to_contain_text("Skipped, Popularity:")

    # A reload finds the draft again, with what was said.
    page.reload()
    expect(taken_for(page, "Sparkle")).to_have_value("valence", timeout=READ_MS)
    expect(taken_for(page, "Pop")).to_have_value("")

    # Built in the background, with progress by recipe; a reload finds it again.
    read_again(page)
    build(page, "mine")
    mine = build_of(page, "mine")
    expect(mine.get_by_role("progressbar", name="Read of mine")).to_have_attribute(
        "aria-valuenow", "100", timeout=READ_MS
    )
    expect(page).to_have_url(re.compile("#job="))

    # Another waits for its turn and is cancelled; the same name is refused meanwhile.
    bring(page, table)
    build(page, "mine")
    expect(page.locator("#draft-trouble")).to_contain_text("A catalogue named 'mine' is being built already")
    build(page, "other")
    other = build_of(page, "other")
    expect(other).to_contain_text("Waits for its turn: 1 build is before it.")
    other.get_by_role("button", name="Cancel").click()
    expect(other).to_contain_text("was cancelled")
    page.reload()
    expect(build_of(page, "other")).to_contain_text("was cancelled")
    expect(mine.get_by_role("link", name="Open it")).to_be_visible(timeout=BUILT_MS)
    card = page.locator(".built-card", has_text="mine")
    expect(card).to_contain_text("119 tracks")
    expect(card).to_contain_text("Genres told by sound")

    # Looked at.
    mine.get_by_role("link", name="Open it").click()
    expect(page.locator("#selection-words")).to_have_text("All 119 tracks", timeout=READ_MS)
    expect(page.locator("#catalogue")).to_have_value("mine")
    expect(page.locator("#rail")).to_contain_text("rock")
    expect(page).to_have_url(re.compile("catalogue=mine"))

    # Its quality, and the rows that were rejected.
    page.get_by_role("link", name="Catalogues").click()
    page.locator(".built-card", has_text="mine").get_by_role("link", name="Quality").click()
    expect(page.locator("#quality-lead")).to_contain_text("121 rows read = 119 kept + 1 merged + 1 rejected.")
    expect(page.locator("#quality-columns tbody tr", has_text="Sparkle")).to_contain_text("Valence")
    expect(page.locator("#quality-rejected")).to_contain_text("neither title nor artist")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert download.value.suggested_filename == "mine-rejected.csv"
    (row,) = csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig")))
    assert row["reason"] == "neither title nor artist"
    fresh = open_page(bypass_csp=True)
    fresh.goto(page.url)
    expect(fresh.locator("#quality-columns table")).to_be_visible()
    assert violations(fresh) == ""


@pytest.mark.timeout(600)
def test_a_build_that_runs_is_cancelled_and_leaves_nothing(workshop, page, table):
    page.goto(f"{workshop}/catalogues")
    bring(page, table)
    build(page, "never")
    never = build_of(page, "never")
    expect(never.get_by_role("progressbar").first).to_be_visible(timeout=READ_MS)
    never.get_by_role("button", name="Cancel").click()
    expect(never).to_contain_text("Cancelled. Nothing was changed.", timeout=30_000)
    page.reload()
    expect(build_of(page, "never")).to_contain_text("was cancelled")
    expect(page.locator(".built-card", has_text="never")).to_have_count(0)
    build_of(page, "never").get_by_role("button", name="Forget the build of never").click()
    expect(build_of(page, "never")).to_have_count(0)


@pytest.mark.timeout(600)
def test_two_people_do_not_see_each_others_builds(workshop, page, open_page, table):
    page.goto(f"{workshop}/catalogues")
    bring(page, table)
    other = open_page()
    other.goto(f"{workshop}/catalogues")
    expect(other.locator("#catalogues-public")).to_contain_text("tidytuesday")
    expect(other.locator("#catalogues-draft")).to_be_empty()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("#catalogues-draft")).to_be_empty()


def test_a_file_that_is_no_table_is_refused_with_its_sentence(workshop, page, tmp_path, watch):
    watch.expect("status of 422")
    page.goto(f"{workshop}/catalogues")
    path = tmp_path / "songs.csv"
    path.write_bytes(b"%PDF-1.7\n" + bytes(3_000))
    page.locator("#catalogues-files").set_input_files([path])
    expect(page.locator("#draft-files")).to_contain_text("songs.csv looks like a PDF document.")
    expect(page.get_by_role("button", name="Build", exact=True)).not_to_be_visible()


@pytest.mark.timeout(600)
def test_titles_are_text_whatever_stands_in_them(workshop, page, tmp_path):
    rows = songs()
    rows = rows.rename(columns={"Sparkle": "<img src=x onerror=alert(1)>"})
    rows["Artist"] = rows["Artist"].astype(object)
    rows.loc[0:60, "Artist"] = "<script>alert(1)</script>שלום"
    path = tmp_path / "<b>songs.csv"
    rows.to_csv(path, index=False)
    page.goto(f"{workshop}/catalogues")
    bring(page, path)
    expect(page.locator(".mapping tbody th").last).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator("#catalogues-draft img, #catalogues-draft script, #catalogues-draft b").count() == 0
    page.get_by_role("button", name="Start over").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.timeout(600)
def test_axe_finds_nothing(scheme, workshop, open_page, table):
    page = open_page(color_scheme=scheme, bypass_csp=True)
    page.goto(f"{workshop}/catalogues")
    bring(page, table)
    assert violations(page) == ""
    page.get_by_role("button", name="Start over").click()


@pytest.mark.timeout(600)
def test_it_fits_a_telephone(workshop, open_page, table):
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(f"{workshop}/catalogues")
    bring(page, table)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} px too wide"


def test_deleting_asks_first_and_changes_the_list(workshop, page, home):
    write_bundle(learned(), home, timings={})
    page.goto(f"{workshop}/catalogues?catalogue=planted")
    card = page.locator(".built-card", has_text="planted")
    card.get_by_role("button", name="Delete planted").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep it").click()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Delete planted").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    page.wait_for_timeout(300)
    expect(page).not_to_have_url(re.compile("catalogue=planted"))


def test_a_server_that_is_switched_off_says_so(tmp_path, page):
    with serving(tmp_path / "home", tmp_path / "log.txt", ready="/healthz", SONGSCAPE_UPLOAD_MB="0") as address:
        page.goto(f"{address}/catalogues")
        expect(page.locator("#catalogues-bounds")).to_contain_text("This server takes no uploads")
        expect(page.locator("#catalogues-files")).to_have_count(0)
        expect(page.get_by_role("button", name="Get and build")).to_have_count(0)
