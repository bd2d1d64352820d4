"""Says of files for Kubernetes what its own schemas say of them: kubernetes-validate, with the schemas of several versions in it.

usage: validate_kubernetes.py VERSION,… FILE…

Prints a JSON object: for each file, the list of what is wrong with it. A field that a schema does not know is wrong, and so are a kind
that it does not know and a file without a document.
"""

import json
import sys

import kubernetes_validate
import yaml


def problems(version, document):
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{version}: {'.'.join(map(str, error.path))}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [f"{version}: {error.message}"]
    return []


def main(versions, *paths):
    unknown = set(versions.split(",")) - {version.rpartition(".")[0] for version in kubernetes_validate.utils.all_versions()}
    if unknown:  # it would take the schemas of an older version
        sys.exit(f"no schemas of {', '.join(sorted(unknown))}")
    answer = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            documents = list(yaml.safe_load_all(file))
        answer[path] = [problem for version in versions.split(",") for document in documents for problem in problems(version, document)]
        if not documents:
            answer[path].append("it has no document")
    json.dump(answer, sys.stdout)


main(*sys.argv[1:])
