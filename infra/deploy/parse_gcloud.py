"""Parses command lines with the installed gcloud's own parser, and runs none of them.

usage: parse_gcloud.py SDK_ROOT < lines, each a JSON list of the words after `gcloud`

Prints a line for each that gcloud refuses; why, it says itself on standard error.
"""

import contextlib
import io
import json
import sys

root = sys.argv[1]
sys.path[:0] = [root + "/lib", root + "/lib/third_party"]

from googlecloudsdk import gcloud_main  # noqa: E402

# The parser that gcloud itself builds and asks; it has no public name.
parser = gcloud_main.CreateCLI([])._CLI__parser

for line in sys.stdin:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            parser.parse_args(json.loads(line))
    except SystemExit:
        print("refused:", line.strip())
