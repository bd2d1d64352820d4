"""Drills backups that were changed at random; tools/fuzz-drills.sh says what for.

How a drill is judged
- It ends within five minutes, by itself, with one of the documented exit codes: 0, 1, 2 or 3.
- With 0, 1 or 3 it prints one JSON document, and its verdict agrees with the exit code.
- If it passed, the same backup is drilled again and its server kept. pg_dump's text of the restored database is
  compared with that of the backup before it was changed:
    objects   a table, a key, an index, a function, a large object... or a row is missing or is there twice. It must not
              pass. Only plain text without a length or a checksum (a plain dump, the files of an uncompressed directory
              dump) can lose whole rows unseen: there, other numbers of rows count as "rows".
    rows      as many rows and objects, and another value. It must not pass where a checksum covers the rows: gzip,
              zstd and lz4 around a plain dump, gzip within an archive, a base backup with its manifest.
    text      something else differs, such as a letter of a name in a table of contents that nothing covers: counted only.
"""

import argparse, concurrent.futures, json, os, pathlib, random, re, shutil, subprocess, sys, time

LIMIT = 300

SQL = r"""
CREATE TYPE mood AS ENUM ('good', 'odd');
CREATE TABLE growers (id int PRIMARY KEY, name text NOT NULL UNIQUE, feels mood, joined timestamptz NOT NULL);
CREATE TABLE plots (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, grower int NOT NULL REFERENCES growers, shape jsonb, note text CHECK (note <> ''));
CREATE INDEX plots_note ON plots (note);
CREATE INDEX plots_shape ON plots USING gin (shape);
CREATE TABLE readings (at timestamptz NOT NULL, plot int NOT NULL, value numeric) PARTITION BY RANGE (at);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE VIEW old AS SELECT * FROM growers WHERE joined < '2024-06-01';
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
CREATE SEQUENCE tickets START 100;
INSERT INTO growers SELECT i, 'grower ' || i, 'good', timestamptz '2024-01-01 00:00:00+00' + i * interval '1 day' FROM generate_series(1, 400) i;
INSERT INTO plots (grower, shape, note) SELECT 1 + i % 400, jsonb_build_object('corners', i % 7, 'text', md5(i::text)), repeat('n' || i, 1 + i % 20) FROM generate_series(1, 1500) i;
INSERT INTO readings SELECT timestamptz '2024-01-01 00:00:00+00' + i * interval '6 hours', 1 + i % 1500, i / 3.0 FROM generate_series(1, 2500) i;
SELECT nextval('tickets');
SELECT lo_from_bytea(16500, decode(repeat('00ff5c', 3000), 'hex'));
"""


class Kind:
    """A backup before it is changed."""

    def __init__(self, name, path, covers):
        self.name, self.path, self.covers = name, path, covers
        self.baseline = None
        self.is_bare_text = name in ("plain.sql", "directory-0", "directory-none")


class Workshop:
    def __init__(self, options):
        self.options = options
        self.bin = pathlib.Path(options.postgres)
        self.root = pathlib.Path(options.workshop)
        self.found = self.root / "found"
        self.work = self.root / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        for directory in (self.found, self.work):
            directory.mkdir(parents=True, exist_ok=True)
        self.server_account = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] if os.getuid() == 0 else []

    def tool(self, name, *arguments, account=False, **more):
        words = (self.server_account if account else []) + [str(self.bin / name), *map(str, arguments)]
        return subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", **more)

    # The sources

    def make_sources(self):
        """Makes a database and its backups."""
        server = self.work / "server"
        server.mkdir()
        if os.getuid() == 0:
            shutil.chown(server, "nobody", "nogroup")
        data = server / "data"
        self.tool("initdb", f"--pgdata={data}", "--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync",
                  "--data-checksums", account=True)
        self.tool("pg_ctl", "start", "--silent", "--wait", f"--pgdata={data}", f"--log={server / 'log'}",
                  f"--options=-c listen_addresses= -c unix_socket_directories={server} -c wal_level=replica -c fsync=off", account=True)
        try:
            place = ["--host", server, "--username", "postgres"]
            self.tool("createdb", *place, "fuzz")
            self.tool("psql", *place, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=fuzz", input=SQL.encode())
            return list(self.backups(place))
        finally:
            self.tool("pg_ctl", "stop", "--silent", "--mode=immediate", f"--pgdata={data}", account=True)

    def backups(self, place):
        sources = self.work / "sources"
        sources.mkdir()
        help_text = self.tool("pg_dump", "--help").stdout.decode()
        methods = ["none", "gzip", "zstd", "lz4"] if "METHOD" in help_text else ["0", "6"]
        for method in methods:
            for style in ("custom", "directory"):
                path = sources / f"{style}-{method}"
                try:
                    self.tool("pg_dump", *place, f"--format={style}", f"--compress={method}", f"--file={path}", "fuzz")
                except subprocess.CalledProcessError:
                    continue  # this pg_dump was built without the method
                yield Kind(path.name, path, "rows" if method in ("gzip", "6") else "nothing")
        tar = sources / "tar"
        self.tool("pg_dump", *place, "--format=tar", f"--file={tar}", "fuzz")
        yield Kind("tar", tar, "nothing")
        plain = sources / "plain.sql"
        self.tool("pg_dump", *place, "--format=plain", f"--file={plain}", "fuzz")
        yield Kind("plain", plain, "nothing")
        for tool in ("gzip", "zstd", "lz4"):
            path = sources / f"plain.{tool}"
            with path.open("wb") as file:
                subprocess.run([tool, "--stdout", str(plain)], check=True, stdout=file, stderr=subprocess.DEVNULL)
            yield Kind(path.name, path, "all")
        for style in ("plain", "tar"):
            path = sources / f"base-{style}"
            self.tool("pg_basebackup", *place, f"--pgdata={path}", f"--format={style}", "--checkpoint=fast", "--wal-method=fetch",
                      *(["--gzip"] if style == "tar" else []))
            yield Kind(path.name, path, "all")

    # The changes

    def changed(self, kind, number):
        """A copy of a backup with one to three changes, and what they are. The same seed and number make the same changes."""
        chance = random.Random(f"{self.options.seed}/{number}")
        place = self.work / f"changed-{number}"
        if kind.path.is_dir():
            # Links cost no room; the file that is changed becomes one of its own.
            subprocess.run(["cp", "--archive", "--link", str(kind.path), str(place)], check=True)
            files = sorted(path for path in place.rglob("*") if path.is_file() and path.stat().st_size > 0)
            # Most of a base backup are system catalogues of other databases: what is small and what is named first counts more.
            weights = [1 / (1 + path.stat().st_size / 4096) for path in files]
            targets = [chance.choices(files, weights)[0]]
        else:
            shutil.copyfile(kind.path, place)
            targets = [place]
        done = []
        for target in targets:
            content = bytearray(target.read_bytes())
            mode = target.stat()
            for _ in range(chance.choice([1, 1, 1, 2, 3])):
                done.append(f"{target.relative_to(place) if target != place else 'the file'}: {self.change(content, chance)}")
            target.unlink()
            target.write_bytes(content)
            os.chmod(target, mode.st_mode & 0o7777)
            if os.getuid() == 0:
                os.chown(target, mode.st_uid, mode.st_gid)
        return place, done

    @staticmethod
    def change(content, chance):
        """Changes bytes in place; more often near the beginning, where headers and tables of contents are."""
        size = len(content)
        if size == 0:
            content += b"x"
            return "a byte in an empty file"
        at = chance.randrange(size) if chance.random() < 0.6 else chance.randrange(min(size, 8192))
        length = min(chance.choice([1, 2, 4, 16, 512, 8192]), size - at)
        match chance.choice(["flip", "flip", "byte", "byte", "cut", "remove", "insert", "swap", "zero", "repeat"]):
            case "flip":
                bit = chance.randrange(8)
                content[at] ^= 1 << bit
                return f"bit {bit} of byte {at} flipped"
            case "byte":
                content[at] = value = chance.randrange(256)
                return f"byte {at} is {value}"
            case "cut":
                del content[at:]
                return f"cut at {at}"
            case "remove":
                del content[at:at + length]
                return f"{length} bytes removed at {at}"
            case "insert":
                content[at:at] = chance.randbytes(length)
                return f"{length} bytes inserted at {at}"
            case "swap":
                other = chance.randrange(size - length + 1)
                one, two = bytes(content[at:at + length]), bytes(content[other:other + length])
                content[at:at + length] = two
                content[other:other + length] = one
                return f"{length} bytes at {at} and {other} swapped"
            case "zero":
                content[at:at + length] = bytes(length)
                return f"{length} bytes at {at} zeroed"
            case "repeat":
                content[at:at] = content[at:at + length]
                return f"{length} bytes at {at} repeated"

    # The drills

    def drill(self, backup, number, *more):
        place = self.work / f"drill-{number}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        os.chmod(place, 0o755)
        environment = {"PATH": os.environ["PATH"], "HOME": str(place), "PGASSAY_SCRATCH": f"/tmp/fuzz-{os.getpid()}-{number}",
                       "PGASSAY_POSTGRES": str(self.bin), "PGASSAY_CACHE": str(self.root / "cache")}
        if "LD_LIBRARY_PATH" in os.environ:
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        words = [self.options.program, "drill", str(backup), "--unsigned", "--reports", str(place / "reports"), *more]
        child = subprocess.Popen(words, env=environment, cwd=place, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, start_new_session=True)
        try:
            output, errors = child.communicate(timeout=LIMIT)
            code = child.returncode
        except subprocess.TimeoutExpired:
            child.terminate()
            try:
                output, errors = child.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                child.kill()
                output, errors = child.communicate()
            code = None
        return code, output.decode(errors="replace"), errors.decode(errors="replace"), environment, place

    def leave(self, environment, place):
        """Removes what a drill left; a scratch directory that is still there was left behind or kept."""
        scratch = pathlib.Path(environment["PGASSAY_SCRATCH"])
        left = sorted(scratch.glob("*")) if scratch.exists() else []
        for directory in left:
            subprocess.run([self.options.program, "clean", str(directory)], env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=LIMIT)
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
        return [path.name for path in left]

    def content(self, backup, number):
        """pg_dump's text of what a backup restores to, without what differs from run to run."""
        code, output, errors, environment, place = self.drill(backup, f"{number}-kept", "--keep-scratch")
        try:
            connect = re.search(r"^Connect +\S+ (--host=\S+ --username=\S+ --dbname=\S+)$", output, re.MULTILINE)
            if not connect:
                raise RuntimeError(f"a drill that passed did not pass again ({code}): {output[:200]} {errors[-500:]}")
            dumped = self.tool("pg_dump", *connect.group(1).split(), "--no-owner")
            return [line for line in dumped.stdout.decode(errors="replace").splitlines()
                    if not re.match(r"\\(un)?restrict |-- Dumped ", line)]
        finally:
            self.leave(environment, place)

    def judge(self, kind, number):
        """- Returns: what is wrong (nil if nothing is), and the outcome in a word."""
        backup, done = self.changed(kind, number)
        problem, word = None, "?"
        try:
            code, output, errors, environment, place = self.drill(backup, number, "--format", "json")
            left = self.leave(environment, place)
            word = str(code)
            if code is None:
                problem = f"it did not end within {LIMIT} s: {errors[-300:]}"
            elif code not in (0, 1, 2, 3):
                problem = f"exit code {code}: {errors[-500:]}"
            elif left:
                problem = f"it left {left} behind"
            elif code != 2:
                problem = self.disagreement(code, output)
            if problem is None and code == 0:
                difference = self.difference(kind, self.content(backup, number))
                word = f"0 {difference}"
                if difference == "objects" or difference == "rows" and kind.covers != "nothing" or difference == "text" and kind.covers == "all":
                    problem = f"it passed with other {difference}"
        except Exception as error:  # one drill more or less: the others go on, and this one is told
            problem = f"{type(error).__name__}: {error}"
        if problem:
            kept = self.found / f"{self.options.seed}-{number}-{kind.name}"
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir()
            shutil.move(str(backup), kept / "backup")
            (kept / "what").write_text(f"{kind.name}: {'; '.join(done)}\n{problem}\n")
        elif backup.is_dir():
            shutil.rmtree(backup)
        else:
            backup.unlink()
        return number, kind, word, done, problem

    @staticmethod
    def disagreement(code, output):
        try:
            verdict = json.loads(output)["predicate"]["drill"]["verdict"]
        except (ValueError, KeyError):
            return f"no JSON document with exit code {code}: {output[:200]!r}"
        expected = {0: "passed", 1: "failed", 3: "inconclusive"}[code]
        return None if verdict == expected else f"exit code {code} and the verdict {verdict}"

    @staticmethod
    def difference(kind, content):
        if content == kind.baseline:
            return "same"
        now, before = outline(content), outline(kind.baseline)
        if kind.is_bare_text:
            now, before = ({key: number for key, number in counts.items() if not key.startswith("rows ")} for counts in (now, before))
        if now != before:
            return "objects"
        return "rows" if statements(content) == statements(kind.baseline) else "text"


def outline(lines):
    """How many objects of each kind there are, and how many rows or large-object pieces behind each COPY.

    A line that differs outside of COPY data and is no object's first line changes nothing here, and the rows do not either.
    """
    counts, table = {}, None
    for line in lines:
        if table is not None:
            if line == "\\.":
                table = None
            else:
                counts[table] = counts.get(table, 0) + 1
            continue
        if line.startswith("COPY "):
            table = f"rows {sum(key.startswith('COPY') for key in counts)}"
            counts[f"COPY {len(counts)}"] = 1
            continue
        head = re.match(r"-- (?:Data for )?Name: .*; Type: ([A-Z ]+);|(?:    ADD CONSTRAINT .*?)(PRIMARY KEY|FOREIGN KEY|UNIQUE|CHECK)|SELECT pg_catalog\.(lo\w+)", line)
        if head:
            key = next(group for group in head.groups() if group)
            counts[key] = counts.get(key, 0) + 1
    return counts


def statements(lines):
    """All lines but the rows behind each COPY."""
    kept, within = [], False
    for line in lines:
        if not within:
            kept.append(line)
        within = line != "\\." if within else line.startswith("COPY ")
    return kept


def main():
    parser = argparse.ArgumentParser()
    for name in ("count", "jobs"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("seed", "postgres", "program", "workshop"):
        parser.add_argument(f"--{name}", required=True)
    workshop = Workshop(parser.parse_args())
    options = workshop.options
    began = time.monotonic()
    kinds = workshop.make_sources()
    for index, kind in enumerate(kinds):
        kind.baseline = workshop.content(kind.path, f"source-{index}")
    print(f"seed {options.seed}, PostgreSQL in {options.postgres}, {len(kinds)} backups made in {time.monotonic() - began:.0f} s", flush=True)

    outcomes, found = {}, []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        drills = [pool.submit(workshop.judge, kinds[number % len(kinds)], number) for number in range(options.count)]
        for drill in concurrent.futures.as_completed(drills):
            number, kind, word, done, problem = drill.result()
            row = outcomes.setdefault(kind.name, {})
            row[word] = row.get(word, 0) + 1
            if problem:
                found.append(number)
                print(f"FOUND {number} {kind.name}: {'; '.join(done)}: {problem}", flush=True)
    words = sorted({word for row in outcomes.values() for word in row})
    print(f"{'':16}" + "".join(f"{word:>10}" for word in words))
    for name, row in sorted(outcomes.items()):
        print(f"{name:16}" + "".join(f"{row.get(word, 0):>10}" for word in words))
    print(f"{options.count} drills in {time.monotonic() - began:.0f} s, {len(found)} found")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
