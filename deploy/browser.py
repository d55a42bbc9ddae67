#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks pages in a headless Chromium: see deploy/browser."""
import argparse
import importlib.util
import json
import pathlib
import re
import shutil
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

# Name, width, height, phone, colour scheme.
LOOKS = [("wide", 1280, 800, False, "light"), ("dark", 1280, 800, False, "dark"), ("phone", 400, 800, True, "light")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    return driver


def axe_source():
    package = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
    return (pathlib.Path(package) / "axe.min.js").read_text(encoding="utf-8")


def wait_until_signed_in(driver, url):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if driver.current_url.startswith(url) and "/login" not in driver.current_url:
            return
        time.sleep(0.1)
    raise SystemExit(f"signing in failed, at {driver.current_url}")


def sign_in(driver, url, token):
    driver.get(url + "/login")
    driver.find_element(By.ID, "token").send_keys(token + Keys.ENTER)
    wait_until_signed_in(driver, url)


def sign_in_elsewhere(driver, url, button):
    """Follows a button of the sign-in page to an identity provider, which sends us back by itself."""
    driver.get(url + "/login")
    driver.find_element(By.PARTIAL_LINK_TEXT, button).click()
    wait_until_signed_in(driver, url)


def set_look(driver, width, height, phone, scheme):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone},
    )
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


def violations(driver, source):
    driver.execute_script(source)
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: arguments[0]}).then(found => done(found.violations), error => done([{id: String(error), nodes: []}]));",
        RULES,
    )
    return [
        {"rule": each["id"], "where": [node["html"][:200] for node in each["nodes"][:5]]} for each in found
    ]


def keyboard(driver):
    """The first stop of the keyboard leads past the navigation."""
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = driver.switch_to.active_element
    if "skip" not in (first.get_attribute("class") or ""):
        return "the first stop is " + first.tag_name
    first.send_keys(Keys.ENTER)
    last = driver.switch_to.active_element
    return None if last.get_attribute("id") == "main" else "the first stop leads to " + last.tag_name


def look(driver, url, path, kind, source, pictures):
    name, width, height, phone, scheme = kind
    set_look(driver, width, height, phone, scheme)
    driver.get(url + path)
    told = {"path": path, "look": name, "violations": violations(driver, source)}
    told["overflow"] = driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth")
    told["keyboard"] = keyboard(driver)
    # The icon's or a script's refusal by the policy would stand here, too.
    told["errors"] = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    if pictures:
        driver.get(url + path)
        shown = re.sub(r"[^A-Za-z0-9.]+", "-", path).strip("-") or "overview"
        shown = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", shown)[:60]
        pathlib.Path(pictures).mkdir(parents=True, exist_ok=True)
        height = driver.execute_script("return Math.min(document.documentElement.scrollHeight, 2400)")
        set_look(driver, width, height, phone, scheme)
        driver.save_screenshot(f"{pictures}/{shown}-{name}.png")
    return told


def is_fine(told):
    return not (told["violations"] or told["overflow"] or told["keyboard"] or told["errors"])


def wait_for(driver, url, path, text):
    driver.get(url + path)
    driver.execute_script("window.isTheSame = true")
    print("ready", flush=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if text in driver.find_element(By.TAG_NAME, "main").text:
            isTheSame = driver.execute_script("return window.isTheSame === true")
            print(json.dumps({"came": True, "loaded again": not isTheSame}))
            return isTheSame
        time.sleep(0.2)
    print(json.dumps({"came": False}))
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token_file")
    parser.add_argument("--pictures")
    parser.add_argument("--with", dest="button")
    parser.add_argument("--until")
    parser.add_argument("paths", nargs="+")
    asked = parser.parse_args()
    url = asked.url.rstrip("/")
    driver = browser()
    try:
        if asked.button:
            sign_in_elsewhere(driver, url, asked.button)
        elif asked.token_file != "-":
            sign_in(driver, url, pathlib.Path(asked.token_file).read_text(encoding="utf-8").strip())
        if asked.until:
            return 0 if wait_for(driver, url, asked.paths[0], asked.until) else 1
        source = axe_source()
        fine = True
        for path in asked.paths:
            for kind in LOOKS:
                told = look(driver, url, path, kind, source, asked.pictures)
                print(json.dumps(told), flush=True)
                fine = fine and is_fine(told)
        return 0 if fine else 1
    finally:
        driver.quit()


if __name__ == "__main__":
    sys.exit(main())
