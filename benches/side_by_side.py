#!/usr/bin/env python3
"""What is asked of a service, beside a typical application, nginx and the command line of SQLite, in one run.

    benches/side_by_side.py [--movements 100000] [--postgres postgres://…] [--seconds 4]

Builds the service, makes a record of this size (benches/generate.py), loads it into SQLite and, where an address is given, into an empty
PostgreSQL, and measures over HTTP:

- a page of movements to one destination in three years: the same page again and again, and another each time
- statistics: each question for the first time, and again, and what the caller has already (304)
- single batches with a figure by 16 writers, each answered when it is durable
- everything as CSV: its first byte, and rows a second
- the start of the service, and its memory when nobody asks anything

Load comes from `wrk` (a package of Debian), beside the service on the same machine. Absolute numbers differ from machine to machine; the ratios of
one run are what counts.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from sheets import HERE, JOINED, ROOT, Server, download, free_port, prepared, run

# The year and the day follow, another each time.
QUESTIONS = {
    "month × governorate": "/v1/stats/flows?by=month,destination&level=admin1&from=19",
    "district × district": "/v1/stats/flows?by=origin,destination&level=admin2&from=19",
    "month × place": "/v1/stats/flows?by=month,destination&from=19",
    "summary": "/v1/stats/summary?as_of=20",
}
THEIRS = {"month × governorate": "month_dest", "district × district": "origin_dest", "month × place": "month_place"}

# Another three years each time, so that no answer is the one before.
OTHER_PAGES = """
request = function()
  local year, month, day = math.random(2009, 2023), math.random(1, 12), math.random(1, 28)
  return wrk.format("GET", string.format("%s%d-%02d-%02d%s%d-12-31", PATH, year, month, day, TO, year + 2))
end
"""
# A batch with one movement and one figure.
WRITES = """
local thread = 0
function setup(one) one:set("id", thread) thread = thread + 1 end
function init() count = 0 math.randomseed(os.time() + id) run = math.random(1, 1e9) end
request = function()
  count = count + 1
  local body = string.format('{"code":"w%d-%d-%d","origin":"ORIGIN","departed_on":"2017-03-18","movements":[{"destination":"DESTINATION","figures":[{"stage":"departed","individuals":%d,"source":"SOURCE"}]}]}', run, id, count, count % 500)
  return wrk.format("POST", "/v1/batches", {["Content-Type"] = "application/json", ["Authorization"] = "Bearer TOKEN"}, body)
end
"""
THEIR_WRITES = """
request = function()
  return wrk.format("POST", "/movements", {["Content-Type"] = "application/json"}, '{"batch_id":1,"departed_on":"2017-03-18","origin":"ORIGIN","destination":"DESTINATION","households":1,"individuals":5,"source_id":1}')
end
"""


def wrk(address, connections, seconds, script=None, headers=()):
    """Requests a second, median and 99th percentile in milliseconds."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}", "--latency"]
    for header in headers:
        command += ["-H", header]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    units = {"us": 0.001, "ms": 1, "s": 1000}

    def percentile(which):
        found = re.search(rf"{which}%\s+([\d.]+)(us|ms|s)", said)
        return float(found[1]) * units[found[2]] if found else float("nan")

    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), percentile(50), percentile(99), int(wrong[1]) if wrong else 0


def say(what, value):
    print(f"{what:<66} {value}", flush=True)


def load(what, measured):
    rate, half, most, wrong = measured
    say(what, f"{rate:10,.0f} req/s   p50 {half:8.1f} ms   p99 {most:8.1f} ms" + (f"   {wrong} WRONG" if wrong else ""))
    return rate


def answered(url, headers=None):
    """Milliseconds to the first byte and to the last, and the answer."""
    begin = time.monotonic()
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=600) as answer:
        first = answer.read(1)
        waited = time.monotonic() - begin
        body = first + answer.read()
    return waited * 1000, (time.monotonic() - begin) * 1000, body


def several(ask, times=5):
    """The median of some tries, with the least and the most."""
    taken = sorted(ask(number) for number in range(times))
    return f"{statistics.median(taken):8.1f} ms   ({taken[0]:.1f} to {taken[-1]:.1f})"


def memory(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) // 1024


def settle(flows):
    """Waits until statistics come from memory: each question is another, so that none is answered with what was kept."""
    for day in range(1, 29):
        if answered(f"{flows}?by=origin&from=1901-01-{day:02d}")[0] < 200:
            return
        time.sleep(0.5)


def ours(binary, url, name, seconds):
    """Everything that is measured of the service on one database; the rates that others are compared with."""
    print(f"\n{name}")
    token = subprocess.run([binary, "token", "create", "--name", f"bench-{time.time_ns()}", "--role", "editor"], env={**os.environ, "DATABASE_URL": url, "RUST_LOG": "error"}, check=True, capture_output=True, text=True).stdout.strip()
    port, rates = free_port(), {}
    environment = {**os.environ, "DATABASE_URL": url, "BIND": f"127.0.0.1:{port}", "PUBLIC_READ": "true", "RUST_LOG": "error"}
    begin = time.monotonic()
    with Server([binary, "serve"], port, "/health/live", env=environment) as server:
        say("start, until it answers", f"{(time.monotonic() - begin) * 1000:8.0f} ms")
        flows = server.address + "/v1/stats/flows"
        places = json.loads(answered(flows + "?by=destination")[2])["data"]
        place = max(places, key=lambda row: row["movements"])["destination"]
        origin = json.loads(answered(flows + "?by=origin")[2])["data"][0]["origin"]
        source = json.loads(answered(server.address + "/v1/sources?limit=1")[2])["data"][0]["code"]
        settle(flows)
        say("memory, when nobody asks anything", f"{memory(server):8.0f} MB")
        page = f"/v1/movements?destination={place}"
        for connections in (16, 64, 256):
            rate = load(f"one page again and again, {connections} connections", wrk(server.address + page + "&from=2015-01-01&to=2017-12-31", connections, seconds))
            rates.setdefault("page", rate)
        script = f"PATH = '{page}&from=' TO = '&to='" + OTHER_PAGES
        rates["pages"] = load("another page each time, 16 connections", wrk(server.address, 16, seconds, script))
        for question, path in QUESTIONS.items():
            first = several(lambda number: answered(server.address + path + str(30 + number) + "-01-01")[0])
            say(f"{question}, for the first time: first byte", first)
        path = "/v1/stats/flows?by=month"
        tag = urllib.request.urlopen(server.address + path).headers["ETag"]
        size = len(answered(server.address + path)[2])
        rates["again"] = load(f"a statistic again ({size // 1024} KB), 16 connections", wrk(server.address + path, 16, seconds))
        rates["known"] = load("a statistic that the caller has (304)", wrk(server.address + path, 16, seconds, headers=[f"If-None-Match: {tag}"]))
        rates["size"] = size
        rows, first, whole = download(server.address + "/v1/movements.csv")
        say("movements.csv", f"{rows / whole:10,.0f} rows/s   first byte {first * 1000:8.1f} ms")
        rates["csv"] = rows / whole
        script = WRITES.replace("TOKEN", token).replace("ORIGIN", origin).replace("DESTINATION", place if place != origin else places[0]["destination"]).replace("SOURCE", source)
        rates["writes"] = load("single batches with a figure, durable, 16 writers", wrk(server.address, 16, seconds, script))
        say("memory, after all that", f"{memory(server):8.0f} MB")
        return rates, place, origin


def typical(tools, flat, folder, place, origin, seconds):
    """The typical application, with the same rows in its one table."""
    print("\ntypical application (FastAPI, SQLAlchemy, SQLite)")
    database, port, rates = folder / "typical.db", free_port(), {}
    environment = {**os.environ, "DB": str(database), "PYTHONPATH": str(HERE)}
    make = "import typical_app as app; app.Base.metadata.create_all(app.engine)"
    subprocess.run([f"{tools}/python", "-c", make], check=True, env=environment)
    tables = "".join(f".import --csv --skip 1 {flat / name}.csv {name}\n" for name in ("locations", "movements"))
    # What is empty in a CSV is no number.
    tables += "UPDATE movements SET agreement_id = NULL WHERE agreement_id = '';\n"
    script = f"{tables}CREATE INDEX md ON movements (destination, departed_on);\n"
    subprocess.run(["sqlite3", database], input=script.encode(), check=True)
    command = [f"{tools}/uvicorn", "typical_app:app", "--port", str(port), "--log-level", "error"]
    begin = time.monotonic()
    with Server(command, port, "/openapi.json", env=environment) as server:
        say("start, until it answers", f"{(time.monotonic() - begin) * 1000:8.0f} ms")
        say("memory, when nobody asks anything", f"{memory(server):8.0f} MB")
        page = f"/movements?destination={place}"
        rates["page"] = load("one page again and again, 16 connections", wrk(server.address + page + "&date_from=2015-01-01&date_to=2017-12-31", 16, seconds))
        script = f"PATH = '{page}&date_from=' TO = '&date_to='" + OTHER_PAGES
        rates["pages"] = load("another page each time, 16 connections", wrk(server.address, 16, seconds, script))
        for question, by in THEIRS.items():
            say(f"{question}, one column: first byte", several(lambda _: answered(f"{server.address}/aggregates?by={by}")[0], 3))
        rows, first, whole = download(server.address + "/export.csv")
        say("export.csv", f"{rows / whole:10,.0f} rows/s   first byte {first * 1000:8.1f} ms")
        rates["csv"] = rows / whole
        script = THEIR_WRITES.replace("ORIGIN", origin).replace("DESTINATION", place)
        rates["writes"] = load("single movements, durable, 16 writers", wrk(server.address, 16, seconds, script))
    return rates


def nginx(size, folder, seconds):
    """As many bytes as a file, which is as fast as it gets."""
    port, www = free_port(), folder / "www"
    www.mkdir()
    (www / "file").write_bytes(os.urandom(size))
    folder.chmod(0o755)
    config = folder / "nginx.conf"
    user = "" if os.getuid() else "user root; "
    listen = f"server {{ listen 127.0.0.1:{port}; root {www}; }}"
    http = f"http {{ access_log off; sendfile on; keepalive_requests 10000000; {listen} }}"
    config.write_text(f"{user}worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log /dev/null; events {{}} {http}\n")
    with Server(["nginx", "-c", config], port, "/file") as server:
        print("\nnginx")
        tag = urllib.request.urlopen(server.address + "/file").headers["ETag"]
        again = load(f"a file of {size // 1024} KB, 16 connections", wrk(server.address + "/file", 16, seconds))
        known = load("a file that the caller has (304)", wrk(server.address + "/file", 16, seconds, headers=[f"If-None-Match: {tag}"]))
    return {"again": again, "known": known}


def sqlite(database):
    """The same columns in the same order, from the command line."""
    begin, rows = time.monotonic(), 0
    with subprocess.Popen(["sqlite3", "-csv", database, JOINED], stdout=subprocess.PIPE) as process:
        while chunk := process.stdout.read(1 << 16):
            rows += chunk.count(b"\n")
    rate = rows / (time.monotonic() - begin)
    print()
    say("sqlite3 -csv, the same columns and order", f"{rate:10,.0f} rows/s")
    return rate


def filled(binary, sheets, url):
    environment = {**os.environ, "DATABASE_URL": url, "RUST_LOG": "error"}
    for sheet in ("locations", "sources", "agreements", "movements", "returns"):
        run([binary, "import", sheet, sheets / f"{sheet}.csv", "--commit"], env=environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--movements", type=int, default=100_000)
    parser.add_argument("--postgres", help="the address of an empty PostgreSQL database")
    parser.add_argument("--binary", help="a binary that is built already")
    parser.add_argument("--filled", action="append", default=[], help="a database that holds the record already; may be given twice")
    parser.add_argument("--seconds", type=int, default=4, help="how long each load lasts")
    asked = parser.parse_args()
    missing = [tool for tool in ("wrk", "sqlite3", "nginx") if not shutil.which(tool)]
    if missing:
        sys.exit(f"these are needed: {', '.join(missing)} (packages wrk, sqlite3 and nginx-light of Debian)")
    binary, tools, data = prepared(asked.binary, asked.movements)
    with tempfile.TemporaryDirectory(dir=ROOT / "target/bench") as folder:
        folder = pathlib.Path(folder)
        databases = asked.filled or [f"sqlite:{folder / 'homeward.db'}", *filter(None, [asked.postgres])]
        if not asked.filled:
            for url in databases:
                filled(binary, data / "sheets", url)
        measured = {}
        for url in databases:
            name = "homeward, SQLite" if url.startswith("sqlite:") else "homeward, PostgreSQL"
            measured[name], place, origin = ours(binary, url, name, asked.seconds)
        theirs = typical(tools, data / "flat", folder, place, origin, asked.seconds)
        plain = nginx(next(iter(measured.values()))["size"], folder, asked.seconds)
        files = [url.removeprefix("sqlite:") for url in databases if url.startswith("sqlite:")]
        plain["csv"] = sqlite(files[0]) if files else float("nan")
        print()
        for name, rates in measured.items():
            for what, peer in (("page", theirs), ("pages", theirs), ("writes", theirs), ("csv", theirs), ("csv", plain), ("again", plain), ("known", plain)):
                beside = "the typical application" if peer is theirs else "sqlite3 -csv" if what == "csv" else "nginx"
                say(f"{name}: {what}, to {beside}", f"{rates[what] / peer[what]:8.2f}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
