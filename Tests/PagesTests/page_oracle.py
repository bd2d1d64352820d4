"""What other people's readers make of a page on standard input, as JSON.

    page_oracle.py markdown     GitHub's own cmark: the names of all elements, and the text
    page_oracle.py junit        junitparser: the result of every case, and the totals that the file claims
"""
import json
import sys
from html.parser import HTMLParser


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.text = [], []

    def handle_starttag(self, tag, attributes):
        self.names.append(tag)

    def handle_data(self, data):
        self.text.append(data)


def markdown(text):
    import cmarkgfm
    from cmarkgfm.cmark import Options

    elements = Elements()
    # Unsafe: what a renderer would let through counts, not what it takes out.
    elements.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    return {"elements": sorted(set(elements.names)), "text": "".join(elements.text)}


def junit(text):
    from junitparser import JUnitXml, TestSuite

    read = JUnitXml.fromstring(text.encode())
    cases = []
    for suite in read:
        assert isinstance(suite, TestSuite)
        for case in suite:
            assert len(case.result) <= 1, case.name
            result = type(case.result[0]).__name__.lower() if case.result else "passed"
            message = case.result[0].message if case.result else ""
            cases.append({"suite": suite.name, "name": case.name, "result": result, "message": message})
    claimed = [read.tests, read.failures, read.errors, read.skipped]
    read.update_statistics()
    return {"cases": cases, "claimed": claimed, "counted": [read.tests, read.failures, read.errors, read.skipped]}


text = sys.stdin.buffer.read().decode()
json.dump({"markdown": markdown, "junit": junit}[sys.argv[1]](text), sys.stdout)
