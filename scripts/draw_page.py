"""Draws the picture of the page again: a patient after a bypass who plans a pregnancy.

    python scripts/draw_page.py

It needs the extra `browser` and a Chromium of the system. Look at the picture before committing it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from b12guide.page import page

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "pictures" / "page.png"
PATIENT = (
    "#g=mecobalamin_im&facts=age:34 years;bariatric_procedure:roux_en_y;"
    "planning_pregnancy:yes;egfr:104 mL/min"
)
SIZE = {"width": 1280, "height": 900}


def main() -> int:
    """Open the page in a browser without a network, and keep what it shows."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("there is no Chromium: apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "b12.html")
        file.write_text(page("mecobalamin_im"), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        tab.goto(f"{file.as_uri()}{PATIENT}")
        tab.wait_for_selector(".screen")
        tab.screenshot(path=str(PICTURE))
        browser.close()
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
