"""The report as a browser shows it; skipped where there is no Chromium."""

import json
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from stillwatch.findings.report import write_report

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")  # fmt: skip
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed")

CONTRAST = """
function light(c) {
  const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3)
    .map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function behind(e) {
  for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c) && c !== "transparent") return c;
  }
  return "rgb(255, 255, 255)";
}
const poor = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || e.closest("svg, script, style") || !e.checkVisibility()) continue;
  const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(walker.currentNode.data.trim());
}
return poor;
"""


def start(folder, *, scripts=True):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service(DRIVER))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def address(sample_findings, sample_summary, tmp_path):
    write_report(sample_findings, sample_summary, tmp_path / "report.html")
    return (tmp_path / "report.html").as_uri()


@pytest.fixture
def page(browser, address):
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    )
    browser.get_log("browser"), browser.get_log("performance")
    browser.get(address)
    return browser


def paper(page):
    return page.execute_script("return getComputedStyle(document.body).backgroundColor")


def asked(page):
    """What documents asked for, but the browser's own first page, whose late requests can fall into any test."""
    events = [json.loads(line["message"])["message"] for line in page.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [params["request"]["url"] for params in sent if not params["documentURL"].startswith("chrome")]


def test_nothing_is_asked_of_the_network_and_nothing_is_complained_of(page, address):
    assert asked(page) == [address]
    assert page.get_log("browser") == []


def test_hostile_strings_do_not_run(page):
    assert page.execute_script("return window.struck === undefined && document.images.length === 0")


def test_the_first_tab_leads_to_a_link_past_the_contents(page):
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    link = page.switch_to.active_element
    assert link.text == "Skip to the findings"
    link.send_keys(Keys.ENTER)
    assert page.switch_to.active_element.tag_name == "main"


def test_tabs_reach_every_control_in_the_order_of_the_page(page):
    wanted = page.execute_script(
        "return [...document.querySelectorAll('a, button, summary, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility()).map((e, i) => (e.dataset.order = i))"
    )
    body = page.find_element(By.TAG_NAME, "body")
    reached = []
    for _ in wanted:
        body.send_keys(Keys.TAB) if not reached else page.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(int(page.switch_to.active_element.get_attribute("data-order")))
    assert reached == wanted
    assert page.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_switch_turns_dark_and_back_by_keyboard(page):
    button, light = page.find_element(By.ID, "theme"), paper(page)
    button.send_keys(Keys.ENTER)
    assert (button.get_attribute("aria-pressed"), paper(page)) == ("true", "rgb(21, 24, 27)")
    button.send_keys(Keys.SPACE)
    assert (button.get_attribute("aria-pressed"), paper(page)) == ("false", light)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_as_wcag_aa_asks(page, scheme):
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    assert page.execute_script(CONTRAST) == []


def test_accounts_sort_by_number_and_by_time_and_all_are_shown_when_asked(page):
    table = page.find_element(By.CSS_SELECTOR, "#c1 table[data-sortable]")
    shown = "return [...arguments[0].rows].filter(r => r.checkVisibility()).length - 1"
    assert page.execute_script(shown, table) == 50
    heads = table.find_elements(By.CSS_SELECTOR, "th button")
    page.execute_script("arguments[0].click()", heads[2])
    column = "return [...arguments[0].tBodies].flatMap(b => [...b.rows]).map(r => r.cells[arguments[1]].textContent)"
    numbers = [int(text.replace(",", "")) for text in page.execute_script(column, table, 2)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 225
    assert heads[2].find_element(By.XPATH, "..").get_attribute("aria-sort") == "descending"
    page.execute_script("arguments[0].click()", heads[4])
    times = page.execute_script(
        "return [...arguments[0].tBodies].flatMap(b => [...b.rows]).map(r => r.cells[4].textContent)", table
    )
    assert times == sorted(times)
    assert page.execute_script(shown, table) == 50
    page.execute_script("document.querySelector('#c1 .show-all').open = true")
    assert page.execute_script(shown, table) == 225


def test_charts_are_announced_with_text(page):
    for chart in page.find_elements(By.CSS_SELECTOR, "svg[role=img]"):
        assert chart.accessible_name
        assert chart.aria_role in {"img", "image"}
    assert len(page.find_elements(By.CSS_SELECTOR, "svg[role=img]")) == 5


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_never_scrolls_sideways(page, width):
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_print_is_light_and_whole(page):
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    assert page.execute_script("return getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
    assert not page.find_element(By.ID, "theme").is_displayed()
    assert page.execute_script("return document.querySelector('details.more dd').getBoundingClientRect().height") > 0


def test_without_scripts_the_page_is_whole(address, tmp_path):
    driver = start(tmp_path / "profile", scripts=False)
    try:
        driver.get(address)
        assert not driver.find_element(By.ID, "theme").is_displayed()
        assert driver.find_elements(By.CSS_SELECTOR, "th button") == []
        assert driver.find_element(By.CSS_SELECTOR, "#c1 .waterfall").is_displayed()
        rest = driver.find_element(By.CSS_SELECTOR, "#c1 .rest tr")
        assert not rest.is_displayed()
        driver.find_element(By.CSS_SELECTOR, "#c1 .show-all summary").send_keys(Keys.ENTER)
        assert rest.is_displayed()
        assert driver.get_log("browser") == []
    finally:
        driver.quit()
