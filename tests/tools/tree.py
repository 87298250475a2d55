# SPDX-License-Identifier: MIT
"""Makes small trees for the tests of the checks, and puts tools/ on the path."""

import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

HEAD = "// SPDX-License-Identifier: MIT\n// A file of a test.\n"
HEADER = HEAD + "#pragma once\n"


class Tree:
    """A folder that is gone when the test ends: `with Tree({"path": "text"}) as root`."""

    def __init__(self, files):
        self.files = files
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self):
        root = pathlib.Path(self.folder.name)
        for name, text in self.files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return root

    def __exit__(self, *_):
        self.folder.cleanup()
