#!/usr/bin/env python3
"""What sheets cost, in and out, beside others in the same run.

    benches/sheets.py [--movements 100000] [--postgres postgres://…]

Builds the service, makes a record of this size (benches/generate.py), and measures, as whole processes:

- `homeward import movements`, dry run and commit, into an empty SQLite and, where an address is given, an empty PostgreSQL
- the same rows into a typical application (benches/typical_app.py: FastAPI, SQLAlchemy, SQLite), posted over HTTP
- the same rows with `sqlite3 .import`, which checks nothing
- what the import left, copied by each database by itself into the same tables and indexes, where they are empty
- a reader's answers while an import runs, beside those while nothing happens
- `GET /v1/movements.csv` of everything, beside `sqlite3 -csv` on the same columns

Absolute numbers differ from machine to machine, and from one minute to the next; the ratios of one run are what counts. Needs Python 3.9 or
later; the environment of the typical application is made below target/ (scripts/python-tools bench). `sqlite3` and `psql` are used where they are installed.
"""
import argparse
import contextlib
import datetime
import itertools
import os
import pathlib
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
# The columns and the order of a list of movements, for the command line of SQLite.
JOINED = "SELECT m.*, b.number, b.scheduled_on, b.departed_on, b.departed_on_precision, o.code, o.name, d.code, d.name FROM movements m JOIN batches b ON b.id = m.batch_id JOIN locations o ON o.id = m.origin_id JOIN locations d ON d.id = m.destination_id ORDER BY m.dated_on DESC, m.code DESC"

# What an import of movements leaves, from tables with this in front of their names.
IMPORTED = [
    "INSERT INTO batches SELECT * FROM {0}batches ORDER BY id",
    "INSERT INTO movements SELECT * FROM {0}movements ORDER BY id",
    "INSERT INTO figures SELECT * FROM {0}figures WHERE return_id IS NULL ORDER BY id",
]


def run(command, **options):
    """Runs a command to its end: seconds, seconds of CPU, peak memory in MB."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command}: {said.decode(errors='replace')}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that listens, until the end of the block."""

    def __init__(self, command, port, path, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self.address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(self.address + path, timeout=1).read()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{command} does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def figures_in(sheet):
    with open(sheet, "rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def say(what, rows, seconds, cpu=None, memory=None):
    """Tells what something took, in rows of its own sheet or table, and gives back the seconds: ratios are of the time for the same record."""
    line = f"{what:<52} {seconds:8.2f} s {rows / seconds:12,.0f} rows/s"
    if cpu is not None:
        line += f" {cpu:8.2f} s CPU {memory:7.0f} MB"
    print(line, flush=True)
    return seconds


def imports(binary, sheets, url, name):
    """The import of the movements into an empty database; what comes before it is not measured."""
    environment = {**os.environ, "DATABASE_URL": url, "RUST_LOG": "warn"}
    for sheet in ("locations", "sources", "agreements"):
        run([binary, "import", sheet, sheets / f"{sheet}.csv", "--commit"], env=environment)
    movements = sheets / "movements.csv"
    rows = figures_in(movements)
    say(f"{name}: dry run", rows, *run([binary, "import", "movements", movements], env=environment))
    taken = say(f"{name}: commit", rows, *run([binary, "import", "movements", movements, "--commit"], env=environment))
    returns = sheets / "returns.csv"
    say(f"{name}: returns, commit", figures_in(returns), *run([binary, "import", "returns", returns, "--commit"], env=environment))
    return taken


def typical(tools, flat, folder):
    """The typical application, which takes one table."""
    database, port = folder / "typical.db", free_port()
    environment = {**os.environ, "DB": str(database), "PYTHONPATH": str(HERE)}
    make = "import typical_app as app; app.Base.metadata.create_all(app.engine)"
    subprocess.run([f"{tools}/python", "-c", make], check=True, env=environment)
    index = "import sqlite3, os, csv; c = sqlite3.connect(os.environ['DB']); c.execute('CREATE INDEX md ON movements(destination, departed_on)')"
    places = f"; c.executemany('INSERT INTO locations VALUES (?,?,?,?,?,?,?,?,?,?)', list(csv.reader(open({str(flat / 'locations.csv')!r})))[1:]); c.commit()"
    subprocess.run([f"{tools}/python", "-c", index + places], check=True, env=environment)
    command = [f"{tools}/uvicorn", "typical_app:app", "--port", str(port), "--log-level", "error"]
    with Server(command, port, "/openapi.json", env=environment) as server:
        movements = flat / "movements.csv"
        request = urllib.request.Request(server.address + "/import", data=movements.read_bytes(), method="POST")
        begin = time.monotonic()
        urllib.request.urlopen(request, timeout=3600).read()
        return say("typical application: import", figures_in(movements), time.monotonic() - begin)


def plain(flat, folder):
    """What the database itself can do, when nobody looks at what it is given."""
    script = f"CREATE TABLE movements (id INTEGER PRIMARY KEY, batch_id INTEGER, departed_on TEXT, origin TEXT, destination TEXT, households INTEGER, individuals INTEGER, civilians INTEGER, combatants INTEGER, quantifier TEXT, source_id INTEGER, agreement_id INTEGER);\nCREATE INDEX md ON movements (destination, departed_on);\n.import --csv --skip 1 {flat / 'movements.csv'} movements\n"
    begin = time.monotonic()
    subprocess.run(["sqlite3", folder / "plain.db"], input=script.encode(), check=True)
    return say("sqlite3 .import, one table, unchecked", figures_in(flat / "movements.csv"), time.monotonic() - begin)


def copied(binary, database, rows, folder):
    """What SQLite itself needs for the rows of an import, when they are ready-made and nobody reads a sheet."""
    empty = folder / "copied.db"
    run([binary, "migrate"], env={**os.environ, "DATABASE_URL": f"sqlite:{empty}", "RUST_LOG": "warn"})
    with contextlib.closing(sqlite3.connect(empty)) as into:
        into.executescript(f"PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; ATTACH '{database}' AS made")
        for table in ("locations", "sources", "agreements"):
            into.execute(f"INSERT INTO {table} SELECT * FROM made.{table} ORDER BY id")
        into.commit()
        begin = time.monotonic()
        for insert in IMPORTED:
            into.execute(insert.format("made."))
        into.commit()
        return say("SQLite, the finished rows copied", rows, time.monotonic() - begin)


def copied_by_postgres(url, rows):
    """The same for PostgreSQL, which has to take away first what the import left."""
    psql = ["psql", "--quiet", "--set=ON_ERROR_STOP=1", url]
    made = "".join(f"CREATE TABLE made_{table} AS TABLE {table};" for table in ("batches", "movements", "figures"))
    subprocess.run(psql, input=f"{made} TRUNCATE figures, returns, movements, batches; ANALYZE;".encode(), check=True)
    script = "".join(f"{insert.format('made_')};" for insert in IMPORTED)
    begin = time.monotonic()
    subprocess.run(psql, input=f"BEGIN; {script} COMMIT;".encode(), check=True)
    taken = say("PostgreSQL, the finished rows copied", rows, time.monotonic() - begin)
    subprocess.run(psql, input=b"DROP TABLE made_batches, made_movements, made_figures", check=True)
    return taken


def download(url):
    """Rows, seconds to the first byte and to the last."""
    begin, rows, first = time.monotonic(), 0, None
    with urllib.request.urlopen(url, timeout=3600) as answer:
        while chunk := answer.read1(1 << 16):
            first = first or time.monotonic() - begin
            rows += chunk.count(b"\n")
    return rows - 1, first, time.monotonic() - begin


def latencies(address, stop):
    """How long a page of a list takes, another each time: the same one would be kept."""
    taken = []
    for number in itertools.count():
        if stop.is_set():
            return taken
        since = datetime.date(1901, 1, 1) + datetime.timedelta(days=number % 36_000)
        begin = time.monotonic()
        urllib.request.urlopen(f"{address}/v1/movements?limit=100&from={since}&to=2017-12-31", timeout=60).read()
        taken.append((time.monotonic() - begin) * 1000)


def other_batches(sheet, folder):
    """The same sheet with other batches: an import of what is there already writes nothing."""
    other = folder / "other.csv"
    with open(sheet) as rows, open(other, "w") as out:
        out.write(next(rows))
        out.writelines(f"other-{row}" for row in rows)
    return other


def reads(binary, url, sheet, port):
    """A reader while nothing happens, and while a sheet is imported."""
    environment = {**os.environ, "DATABASE_URL": url, "BIND": f"127.0.0.1:{port}", "PUBLIC_READ": "true", "RUST_LOG": "warn"}

    def measured(work):
        stop, taken = threading.Event(), []
        reader = threading.Thread(target=lambda: taken.extend(latencies(server.address, stop)))
        reader.start()
        work()
        stop.set()
        reader.join()
        cuts = statistics.quantiles(taken, n=100)
        return f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, {len(taken)} answers"

    with Server([binary, "serve"], port, "/health/live", env=environment) as server:
        print(f"{'a page of movements, nothing else going on':<52} {measured(lambda: time.sleep(5))}")
        more = [binary, "import", "movements", sheet, "--commit"]
        print(f"{'a page of movements, an import going on':<52} {measured(lambda: run(more, env=environment))}", flush=True)


def exports(binary, database, port):
    """Everything as CSV, beside the command line of SQLite on the same rows."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:{database}", "BIND": f"127.0.0.1:{port}", "PUBLIC_READ": "true", "RUST_LOG": "warn"}
    with Server([binary, "serve"], port, "/health/live", env=environment) as server:
        rows, first, whole = download(server.address + "/v1/movements.csv")
        say(f"movements.csv, first byte after {first * 1000:.0f} ms", rows, whole)
        with open(f"/proc/{server.process.pid}/status") as status:
            peak = next(line for line in status if line.startswith("VmHWM"))
            print(f"  memory of the service at its highest: {int(peak.split()[1]) // 1024} MB")
        rows, first, whole = download(server.address + "/v1/exports/movements.csv")
        say(f"exports/movements.csv, first byte after {first * 1000:.0f} ms", rows, whole)
    if shutil.which("sqlite3"):
        begin = time.monotonic()
        out = subprocess.run(["sqlite3", "-csv", database, JOINED], capture_output=True, check=True).stdout
        say("sqlite3 -csv, the same columns and order", out.count(b"\n"), time.monotonic() - begin)


def recorded(binary, movements):
    """What is measured, and a record of this size."""
    if not binary:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
        binary = ROOT / "target/release/homeward"
    data = ROOT / "target/bench" / str(movements)
    if not (data / "sheets/returns.csv").exists():
        subprocess.run([sys.executable, HERE / "generate.py", "--movements", str(movements), "--out", data], check=True)
    return binary, data


def prepared(binary, movements):
    """The same, and the tools of its peers."""
    binary, data = recorded(binary, movements)
    tools = subprocess.run([ROOT / "scripts/python-tools", "bench"], check=True, capture_output=True, text=True).stdout.strip()
    return binary, tools, data


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--movements", type=int, default=100_000)
    parser.add_argument("--postgres", help="the address of an empty PostgreSQL database")
    parser.add_argument("--binary", help="a binary that is built already")
    asked = parser.parse_args()
    binary, tools, data = prepared(asked.binary, asked.movements)
    sheets, flat = data / "sheets", data / "flat"
    with tempfile.TemporaryDirectory(dir=ROOT / "target/bench") as folder:
        folder = pathlib.Path(folder)
        database = folder / "homeward.db"
        ours = imports(binary, sheets, f"sqlite:{database}", "homeward, SQLite")
        rows = figures_in(sheets / "movements.csv")
        print(f"{'homeward, SQLite, to the copy':<52} {copied(binary, database, rows, folder) / ours:8.2f}")
        if asked.postgres:
            taken = imports(binary, sheets, asked.postgres, "homeward, PostgreSQL")
            if shutil.which("psql"):
                print(f"{'homeward, PostgreSQL, to the copy':<52} {copied_by_postgres(asked.postgres, rows) / taken:8.2f}")
        theirs = typical(tools, flat, folder)
        print(f"{'homeward, SQLite, to the typical application':<52} {theirs / ours:8.2f}")
        if shutil.which("sqlite3"):
            print(f"{'homeward, SQLite, to sqlite3 .import':<52} {plain(flat, folder) / ours:8.2f}")
        exports(binary, database, free_port())
        reads(binary, f"sqlite:{database}", other_batches(sheets / "movements.csv", folder), free_port())


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
