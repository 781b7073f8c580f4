"""`python -m tests.faults`: every fault there is, on both databases, and the sheet of what was seen at the end.

Arguments are handed on to pytest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults import sheet

DATABASES = ("sqlite", "postgresql")


def main(arguments: list[str]) -> int:
    """Inject them all, also after a failure; 0 when everything was as promised."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sheet"
        failed = [name for name in DATABASES if _inject(name, arguments, file) != 0]
        print(f"\n{sheet.table(sheet.entries(file))}")
    if failed:
        print(f"\nFailed on {' and '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _inject(database: str, arguments: list[str], file: Path) -> int:
    print(f"\nFaults on {database}:", flush=True)
    variables = {"FAULTS_SHEET": str(file), "CHAT_TEST_DATABASE": database}
    command = [sys.executable, "-m", "pytest", "tests/faults", *arguments]
    return subprocess.run(command, env=os.environ | variables).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
