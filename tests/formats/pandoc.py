"""Reads the Markdown of books with pandoc. It must warn of nothing, each part and each chapter must be a heading of level 1, and
each link inside of the book must lead to a place in it.

The argument is a folder with `NAME.md` and `NAME.json` of each book.
"""

import json
import pathlib
import subprocess
import sys


def walk(node, visit):
    if isinstance(node, list):
        for child in node:
            walk(child, visit)
    elif isinstance(node, dict):
        visit(node.get("t"), node.get("c"))
        walk(node.get("c"), visit)


def read(path):
    """Returns how many headings of level 1 a book has, its links inside of the book, and the places to which they may lead."""
    command = ["pandoc", "--fail-if-warnings", "--from", "markdown", "--to", "json", path]
    document = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    highest, links, places = [], [], set()

    def visit(kind, content):
        if kind == "Header":
            places.add(content[1][0])
            if content[0] == 1:
                highest.append(content[1][0])
        elif kind in ("Span", "Div"):
            places.add(content[0][0])
        elif kind == "Link" and content[2][0].startswith("#"):
            links.append(content[2][0][1:])

    walk(document["blocks"], visit)
    return len(highest), links, places


folder = pathlib.Path(sys.argv[1])
for path in sorted(folder.glob("*.md")):
    book = json.loads(path.with_suffix(".json").read_text())
    headings, links, places = read(path)
    expected = len(book["parts"]) + len(book["chapters"])
    assert headings == expected, f"{path.name}: {headings} headings of level 1, and {expected} parts and chapters"
    dead = [link for link in links if link not in places]
    assert not dead, f"{path.name}: links to nowhere: {dead}"
    print(f"{path.name}: {headings} parts and chapters, {len(links)} links")
