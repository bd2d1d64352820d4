#!/usr/bin/env bash
# Checks what can be checked without building: formatting, scripts, units, YAML. Prints all problems, not only the
# first.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

failed=0

check() {
    local what=$1
    shift
    if "$@"; then
        printf 'ok      %s\n' "$what"
    else
        printf 'FAILED  %s\n' "$what"
        failed=1
    fi
}

# shellcheck disable=SC2317 # check() calls the functions below by name
check_swift() {
    local sources=() path
    for path in Sources Tests Fuzz Package.swift; do
        if [ -e "$path" ]; then sources+=("$path"); fi
    done
    swift format lint --strict --recursive --parallel "${sources[@]}"
}

# shellcheck disable=SC2317
check_scripts() {
    shellcheck --external-sources tools/*.sh .ci/run
}

# systemd-analyze fails if the program of ExecStart is not installed, and pgassay may not be: check copies that name a
# program that is installed.
# shellcheck disable=SC2317
check_units() {
    local copies said unit status=0
    copies=$(mktemp -d) && said=$(mktemp) || return
    for unit in config/systemd/*; do
        sed 's|/usr/local/bin/pgassay|/bin/true|' "$unit" > "$copies/${unit##*/}" || status=1
    done
    for unit in "$copies"/*; do
        systemd-analyze verify --recursive-errors=no "${unit/@./@some-plan.}" || status=1
    done >"$said" 2>&1
    # What was missed is done later, and not by all at the same moment: docs/fleet.md.
    for unit in config/systemd/*.timer; do
        for setting in Persistent=yes RandomizedDelaySec= FixedRandomDelay=yes; do
            grep -q "^$setting" "$unit" || echo "$unit has no $setting" >>"$said"
        done
    done
    if [ -s "$said" ]; then status=1; fi
    cat "$said"
    rm -r "$copies" "$said"
    return "$status"
}

# shellcheck disable=SC2317
check_yaml() {
    /usr/bin/python3 - config/kubernetes/*.yaml config/prometheus/*.yml drills/*.yaml <<'PYTHON'
import sys, yaml

class Strict(yaml.SafeLoader):
    """Refuses a duplicate key: YAML readers silently take the last one."""
    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key written twice: {key}", node.start_mark)
        return super().construct_mapping(node, deep)

wrong = 0
for path in sys.argv[1:]:
    try:
        with open(path, encoding="utf-8") as file:
            if not all(isinstance(document, dict) for document in yaml.load_all(file, Loader=Strict)):
                raise yaml.YAMLError("a document is not a mapping")
    except yaml.YAMLError as error:
        print(f"{path}: {error}")
        wrong = 1
sys.exit(wrong)
PYTHON
}

# shellcheck disable=SC2317
check_python() {
    local path
    find config Tests tools -name '*.py' -print | while read -r path; do
        /usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1])' "$path" || exit
    done
}

check 'Swift formatting' check_swift
check 'scripts' check_scripts
check 'Python' check_python
check 'systemd units' check_units
check 'YAML' check_yaml
exit "$failed"
