# SPDX-License-Identifier: MIT
"""What the programs of this folder do with their measurements."""

import json


def write(lines, path):
    """Prints lines and, if there is a path, appends them to it; 1 if one of them failed, else 0."""
    failed = False
    for line in lines:
        failed |= line["failed"]
        print(json.dumps(line), flush=True)
        if path:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
    return 1 if failed else 0
