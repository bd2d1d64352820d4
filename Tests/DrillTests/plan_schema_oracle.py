"""Says of each plan what the JSON Schema says of it, and nothing of ours: PyYAML reads, jsonschema judges.

usage: plan_schema_oracle.py SCHEMA PLAN...

Prints a JSON object: for each plan, the list of what is wrong with it.
"""

import json
import re
import sys

import jsonschema
import yaml


class Reader(yaml.SafeLoader):
    """The core schema of YAML 1.2, as JSON tools read plans. Refuses a key that is there twice."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        self.flatten_mapping(node)
        keys = [key.value if isinstance(key, yaml.ScalarNode) else None for key, _ in node.value]
        if None in keys or "" in keys or "~" in keys:
            raise yaml.YAMLError("a key that is no text")
        if len(set(keys)) < len(keys):
            raise yaml.YAMLError("a key is there twice")
        return {key: self.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value)}


def construct_int(loader, node):
    return int(node.value, 0 if node.value[:2] in ("0x", "0o") else 10)


for tag, pattern in [
    ("null", r"~|null|Null|NULL|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
    ("merge", r"<<"),
]:
    Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), None)
Reader.add_constructor("tag:yaml.org,2002:int", construct_int)
Reader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))


def problems(validator, path):
    try:
        with open(path, "rb") as file:
            plan = yaml.load(file, Loader=Reader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [f"not YAML: {error}"]
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(plan)]


def main(schema_path, *plan_paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    json.dump({path: problems(validator, path) for path in plan_paths}, sys.stdout)


main(*sys.argv[1:])
