"""Tells what Ace by DAISY has found in books. It must find nothing. The argument is a folder with a folder of Ace's report for
each book."""

import json
import pathlib
import sys

found = False
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/report.json")):
    pages = json.loads(path.read_text())["assertions"]
    violations = [
        f"{page['earl:testSubject']['url']}: {one['earl:test']['dct:title']}: {one['earl:result'].get('html', '')[:200]}"
        for page in pages
        for one in page["assertions"]
    ]
    print(f"{path.parent.name}.epub: {len(pages)} pages, {len(violations)} violations")
    for violation in violations:
        print(f"  {' '.join(violation.split())}")
    found = found or bool(violations)
sys.exit(found)
