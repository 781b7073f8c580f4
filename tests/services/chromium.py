"""The browser of the browser tests: the machine's own Chromium, driven by Playwright."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# No calls to its maker's servers, and the same picture on every machine.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-color-profile=srgb",
)


def executable() -> str:
    """Where it is. FileNotFoundError when there is none."""
    for name in (*NAMES, MACOS):
        if found := shutil.which(name):
            return found
    raise FileNotFoundError("No Chromium on this machine (Debian: apt install chromium).")


def arguments() -> list[str]:
    """Its command line. Root needs --no-sandbox; /dev/shm is too small in many containers."""
    return [*ARGUMENTS, "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
