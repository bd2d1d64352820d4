#!/usr/bin/env python3
"""Makes a manual page of what pgassay says of itself: pgassay --experimental-dump-help | manual_page.py VERSION.

Format: man(7), the classic macros.
"""

import json
import sys
import time
import os


def text(words):
    """Text that no macro or escape is in."""
    lines = []
    for line in (words or "").split("\n"):
        line = line.strip().replace("\\", "\\e").replace("-", "\\-")
        if line.startswith((".", "'")):
            line = "\\&" + line
        lines.append(line)
    return "\n".join(lines)


def block(words):
    """Paragraphs; lines that are indented stay as they are."""
    out = []
    for paragraph in (words or "").split("\n\n"):
        rows = paragraph.split("\n")
        if len(rows) > 1 and any(row.startswith(" ") for row in rows[1:]):
            out.append(".nf\n" + "\n".join(row[: len(row) - len(row.lstrip())] + text(row) for row in rows) + "\n.fi")
        else:
            out.append(text(paragraph))
    return "\n.PP\n".join(out)


def option_names(argument):
    names = []
    for name in argument.get("names", []):
        dashes = "-" if name["kind"] == "short" else "--"
        names.append(f"\\fB{text(dashes + name['name'])}\\fR")
    value = argument.get("valueName")
    if argument["kind"] == "positional":
        return f"\\fI{text(value)}\\fR"
    shown = ", ".join(names)
    return shown if argument["kind"] == "flag" else f"{shown} \\fI{text(value)}\\fR"


def command(node, path):
    name = " ".join(path + [node["commandName"]])
    out = [f".SS {text(name)}", text(node.get("abstract"))]
    if node.get("discussion"):
        out += [".PP", block(node["discussion"])]
    for argument in node.get("arguments", []):
        if not argument.get("shouldDisplay", True) or argument.get("names", [{}])[:1] == [{"kind": "long", "name": "version"}]:
            continue
        if any(one.get("name") == "help" for one in argument.get("names", [])):
            continue
        default = argument.get("defaultValue")
        words = text(argument.get("abstract")) + (f" (default: {text(default)})" if default else "")
        out += [".TP", option_names(argument), words]
    for child in node.get("subcommands", []):
        if child["commandName"] != "help":
            out += command(child, path + [node["commandName"]])
    return out


def main():
    version = sys.argv[1]
    root = json.load(sys.stdin)["command"]
    day = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    out = [
        f'.TH PGASSAY 1 "{day}" "pgassay {text(version)}" "pgassay"',
        ".SH NAME",
        "pgassay \\- " + text("verify PostgreSQL backups by restoring them"),
        ".SH SYNOPSIS",
        ".B pgassay",
        ".I command",
        "[options]",
        ".SH DESCRIPTION",
        text(root.get("abstract")),
        ".PP",
        block(root.get("discussion")),
        ".SH COMMANDS",
    ]
    for child in root.get("subcommands", []):
        if child["commandName"] != "help":
            out += command(child, ["pgassay"])
    out += [
        ".SH FILES",
        ".TP",
        "\\fI/etc/pgassay/config.yaml\\fR",
        "What holds for all plans of this machine.",
        ".TP",
        "\\fI/usr/share/pgassay/plan.schema.json\\fR",
        "Explains every key of a plan.",
        ".SH SEE ALSO",
        "\\fBpg_dump\\fR(1), \\fBpg_restore\\fR(1), \\fBpg_verifybackup\\fR(1);",
        "\\fI/usr/share/doc/pgassay\\fR",
    ]
    print("\n".join(line for line in out if line))


main()
