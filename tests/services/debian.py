"""Debian's packages, for a service that neither the machine nor a wheel has. Only as root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LISTS = Path("/var/lib/apt/lists")


def install(*packages: str) -> bool:
    """Install them and tell whether that went well."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print(f"Installing {', '.join(packages)} with apt-get", file=sys.stderr)
    if not any(LISTS.glob("*_Packages*")):
        _apt("update")
    # Lists that are older than the newest packages name files that are gone: fetch them anew, once.
    return _apt("install", *packages) or (_apt("update") and _apt("install", *packages))


def _apt(command: str, *packages: str) -> bool:
    options = ["--yes", "--quiet", "--no-install-recommends"] if packages else ["--quiet"]
    done = subprocess.run(
        ["apt-get", command, *options, *packages],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    return done.returncode == 0
