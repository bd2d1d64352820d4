"""Runs Aircompressor.java on the files of the request, with the library that PySpark brings along; prints a JSON list of its lines."""

import json
import subprocess
import sys
from pathlib import Path

import pyspark

jar = next(Path(pyspark.__path__[0], "jars").glob("aircompressor-*.jar"))
with open(sys.argv[1], encoding="utf-8") as request:
    files = json.load(request)
source = Path(__file__).with_name("Aircompressor.java")
run = subprocess.run(["java", "-cp", jar, source, *files], stdout=subprocess.PIPE, text=True, check=True)
json.dump(run.stdout.splitlines(), sys.stdout)
