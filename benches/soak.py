#!/usr/bin/env python3
"""A week's load in an hour: is everything there afterwards, was everything answered, and did memory stay flat?

    benches/soak.py [--minutes 60] [--movements 100000] [--postgres postgres://…]

Starts the service on a record of this size, and sends what a country's office sends in a week (WEEK below), evenly over an hour, or the first part of it: batches
and returns that are entered, changed and deleted, some of them sent twice under one key as on a weak line; sheets that are checked,
committed and taken back; dashboards that ask for statistics, with and without what they have already; lists, files, the changes that
somebody follows, and a backup a day. At the end it asks for every row that was acknowledged and runs `homeward verify`.

It fails when an answer was a 5xx or none at all, when an acknowledged row is missing, when there are more rows than were acknowledged, when verify finds a difference, or when the
service took more memory in the last tenth than in the fifth, by more than a tenth and 16 MB.
"""
import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from sheets import ROOT, Server, free_port, recorded, run

# Forty people enter 25 batches a day; sixty dashboards ask four things every two minutes, sixteen hours a day.
WEEK = {"batch": 7_000, "return": 1_400, "change": 3_500, "delete": 350, "sheet": 350, "statistic": 160_000, "list": 40_000, "file": 1_400, "changes": 10_000, "backup": 7}
# That is sent in an hour, in seconds; a shorter run sends a part of it.
HOUR = 3_600
# Who sends what; the most frequent are shared by several.
SENDERS = {"statistic": 6, "list": 4, "batch": 2}
QUESTIONS = ["/v1/stats/summary?as_of={year}-12-31", "/v1/stats/stocks?by=destination&as_of={year}-12-31", "/v1/stats/flows?by=month,destination&level=admin1&from={year}-01-01", "/v1/stats/flows?by=origin,destination&level=admin2&from={year}-01-01", "/v1/stats/flows?by=month"]
FILES = ["/v1/movements.csv?destination={place}", "/v1/returns.ndjson?destination={place}", "/v1/stats/flows.xlsx?by=month", "/v1/exports/movements.csv?origin={place}", "/v1/locations.geojson?q=a"]
SHEET = "batch,origin,departed_on,destination,stage,individuals,source\n"


class Week:
    """What was sent and what came back, counted; and what was acknowledged."""

    def __init__(self, address, token, places, sources):
        self.address, self.token, self.places, self.sources = address.removeprefix("http://"), token, places, sources
        self.lock, self.kept = threading.Lock(), {}
        # How many rows of each kind there are more of, and how many there were.
        self.written = collections.Counter()
        self.before = {path: self.many(path) for path in ("/v1/batches", "/v1/returns")}
        self.answers, self.taken, self.wrong = collections.Counter(), collections.defaultdict(list), []
        self.late, self.seen = 0.0, 0

    def sent(self, kind, connection, method, path, body=None, expected=(200,), **headers):
        """One request and its answer: the status, the ETag and the body. What nobody expects is written down."""
        headers = {"Authorization": f"Bearer {self.token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        begin = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status, text, answer = 0, str(error).encode(), None
        with self.lock:
            self.answers[kind, status] += 1
            self.taken[kind].append((time.monotonic() - begin) * 1000)
            if status not in expected:
                self.wrong.append(f"{method} {path}: {status} {text[:300].decode(errors='replace')}")
        return status, answer.headers.get("ETag") if answer else None, text

    def new_batch(self, dice):
        origin, *others = dice.sample(self.places, 3)
        figure = {"stage": dice.choice(["planned", "registered", "departed"]), "individuals": dice.randint(1, 900), "source": dice.choice(self.sources)}
        movements = [{"destination": place, "figures": [figure]} for place in others[: dice.randint(1, 2)]]
        return {"origin": origin, "departed_on": f"2017-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}", "notes": "n" * dice.randint(0, 200), "movements": movements}

    def enter(self, kind, number, connection, dice):
        """A row, sent again under the same key now and then: the line broke before the answer. It has no code of its own, so that nothing but
        the key keeps it from being written twice."""
        if kind == "batch":
            path, body = "/v1/batches", self.new_batch(dice)
        else:
            back, home = dice.sample(self.places, 2)
            path, body = "/v1/returns", {"from": back, "to": home, "returned_on": "2018-07-01", "returned_on_precision": "month", "figures": [{"stage": "arrived", "individuals": dice.randint(1, 90), "source": dice.choice(self.sources)}]}
        for _ in range(2 if number % 10 == 0 else 1):
            status, tag, text = self.sent(kind, connection, "POST", path, body, (201,), Idempotency_Key=f"soak-{kind}-{number}")
        if status == 201:
            with self.lock:
                self.kept[f"{path}/{json.loads(text)['code']}"] = tag
                self.written[path] += 1

    def known(self, dice, begin):
        with self.lock:
            paths = [path for path in dice.sample(list(self.kept), min(9, len(self.kept))) if path.startswith(begin) and self.kept[path]]
            return (paths[0], self.kept.pop(paths[0])) if paths else (None, None)

    def change(self, connection, dice):
        """Whoever changes a row has read it; nobody else has it meanwhile."""
        path, tag = self.known(dice, "/v1/")
        if path:
            status, changed, _ = self.sent("change", connection, "PATCH", path, {"notes": f"changed {dice.random()}"}, If_Match=tag, Content_Type="application/merge-patch+json")
            with self.lock:
                self.kept[path] = changed if status == 200 else tag

    def delete(self, connection, dice):
        path, tag = self.known(dice, "/v1/returns")
        if path:
            status, _, _ = self.sent("delete", connection, "DELETE", path, expected=(204,), If_Match=tag)
            with self.lock:
                self.written["/v1/returns"] -= status == 204

    def sheet(self, number, connection, dice):
        """Two hundred rows, checked and then committed; a tenth of the sheets were a mistake."""
        rows = [f"soak-sheet-{number}-{row},{{}},2018-01-{1 + row % 28:02d},{{}},departed,{1 + row},{dice.choice(self.sources)}".format(*dice.sample(self.places, 2)) for row in range(200)]
        body = SHEET + "\n".join(rows) + "\n"
        self.sent("sheet", connection, "POST", "/v1/imports/movements", body, Content_Type="text/csv")
        status, _, text = self.sent("sheet", connection, "POST", "/v1/imports/movements?commit=true", body, (201,), Content_Type="text/csv")
        if status == 201 and number % 10 == 0:
            self.sent("sheet", connection, "DELETE", f"/v1/imports/{json.loads(text)['code']}", expected=(200, 204))
        elif status == 201:
            with self.lock:
                self.kept.update({f"/v1/batches/soak-sheet-{number}-{row}": None for row in (0, 100, 199)})
                self.written["/v1/batches"] += 200

    def changes(self, connection):
        _, _, text = self.sent("changes", connection, "GET", f"/v1/changes?after={self.seen}&limit=200")
        self.seen = max([self.seen, *(row["seq"] for row in json.loads(text)["data"])])

    def statistic(self, number, connection, dice, tags):
        """Most dashboards have the last answer, and ask whether there is a newer one."""
        path = dice.choice(QUESTIONS).format(year=dice.randint(2011, 2025))
        known = {"If_None_Match": tags[path]} if path in tags and number % 4 else {}
        status, tag, _ = self.sent("statistic", connection, "GET", path, expected=(200, 304), **known)
        if status in (200, 304):
            tags[path] = tag

    def work(self, kind, number, connection, dice, tags):
        place = dice.choice(self.places)
        if kind in ("batch", "return"):
            self.enter(kind, number, connection, dice)
        elif kind == "change":
            self.change(connection, dice)
        elif kind == "delete":
            self.delete(connection, dice)
        elif kind == "sheet":
            self.sheet(number, connection, dice)
        elif kind == "changes":
            self.changes(connection)
        elif kind == "statistic":
            self.statistic(number, connection, dice, tags)
        elif kind == "list":
            year = dice.randint(2011, 2023)
            self.sent(kind, connection, "GET", f"/v1/movements?destination={place}&from={year}-01-01&to={year + 2}-12-31&limit=100")
        else:
            self.sent(kind, connection, "GET", dice.choice(FILES).format(place=place))

    def sender(self, kind, first, step, begin, seconds):
        """Every `step`th of one kind, each at its time: what comes late shows that the service is behind, and is not left out."""
        dice, connection, tags = random.Random(f"{kind} {first}"), http.client.HTTPConnection(self.address, timeout=120), {}
        for number in range(first, WEEK[kind] * seconds // HOUR, step):
            due = begin + (number + dice.random()) * HOUR / WEEK[kind]
            time.sleep(max(0, due - time.monotonic()))
            self.late = max(self.late, time.monotonic() - due)
            try:
                self.work(kind, number, connection, dice, tags)
            except Exception as error:
                # Else this sender would send nothing more, and nobody would miss it.
                self.wrong.append(f"{kind} {number}: {error!r}")

    def many(self, path):
        connection = http.client.HTTPConnection(self.address, timeout=120)
        connection.request("GET", f"{path}?limit=1&count=true", headers={"Authorization": f"Bearer {self.token}"})
        return json.loads(connection.getresponse().read())["total"]

    def is_kept(self):
        """The acknowledged rows that are missing, and how many rows of each kind there are that nobody was told of."""
        connection = http.client.HTTPConnection(self.address, timeout=120)
        lost = [path for path in self.kept if self.sent("kept", connection, "GET", path)[0] != 200]
        extra = {path: self.many(path) - before - self.written[path] for path, before in self.before.items()}
        return lost, {path: many for path, many in extra.items() if many}


def memory(process):
    with open(f"/proc/{process.pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def backups(binary, environment, folder, begin, seconds, wrong):
    """One a day, beside everything else. PostgreSQL has its own tools."""
    for day in range(WEEK["backup"] * seconds // HOUR if environment["DATABASE_URL"].startswith("sqlite:") else 0):
        time.sleep(max(0, begin + (day + 0.5) * HOUR / WEEK["backup"] - time.monotonic()))
        kept = folder / f"day-{day}.db"
        done = subprocess.run([binary, "backup", kept], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            wrong.append(f"backup: {done.stderr}")
        kept.unlink(missing_ok=True)


def listed(address, token, path):
    request = http.client.HTTPConnection(address.removeprefix("http://"))
    request.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    return [row["code"] for row in json.loads(request.getresponse().read())["data"]]


def table(week, used, seconds):
    print(f"{'':<12} {'answers':>9} {'p50 ms':>8} {'p99 ms':>8} {'most ms':>8}   statuses")
    for kind in WEEK:
        taken = sorted(week.taken.get(kind, []))
        if taken:
            statuses = ", ".join(f"{count} × {status}" for (of, status), count in sorted(week.answers.items()) if of == kind)
            print(f"{kind:<12} {len(taken):>9,} {taken[len(taken) // 2]:>8.1f} {taken[len(taken) * 99 // 100]:>8.1f} {taken[-1]:>8.1f}   {statuses}")
    print(f"\nthe latest request was {week.late:.1f} s behind its time; memory in each tenth of {seconds // 60} minutes (median, MB): " + " ".join(f"{tenth:.0f}" for tenth in used))


def tenths(samples):
    size = max(1, len(samples) // 10)
    return [statistics.median(samples[at : at + size]) for at in range(0, size * 10, size) if samples[at : at + size]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--movements", type=int, default=100_000, help="what the record holds before")
    parser.add_argument("--postgres", help="the address of an empty PostgreSQL database, instead of SQLite")
    parser.add_argument("--binary", help="a binary that is built already")
    asked = parser.parse_args()
    binary, data = recorded(asked.binary, asked.movements)
    seconds = int(asked.minutes * 60)
    with tempfile.TemporaryDirectory(dir=ROOT / "target/bench") as folder:
        folder = pathlib.Path(folder)
        port, url = free_port(), asked.postgres or f"sqlite:{folder / 'homeward.db'}"
        environment = {**os.environ, "DATABASE_URL": url, "BIND": f"127.0.0.1:{port}", "PUBLIC_READ": "true", "RUST_LOG": "error"}
        for sheet in ("locations", "sources", "agreements", "movements", "returns"):
            run([binary, "import", sheet, data / f"sheets/{sheet}.csv", "--commit"], env=environment)
        token = subprocess.run([binary, "token", "create", "--name", "soak", "--role", "editor"], env=environment, check=True, capture_output=True, text=True).stdout.strip()
        with Server([binary, "serve"], port, "/health/live", env=environment) as server:
            week = Week(server.address, token, listed(server.address, token, "/v1/locations?limit=500"), listed(server.address, token, "/v1/sources"))
            begin, samples = time.monotonic(), []
            senders = [threading.Thread(target=week.sender, args=(kind, first, SENDERS.get(kind, 1), begin, seconds)) for kind in WEEK if kind != "backup" for first in range(SENDERS.get(kind, 1))]
            senders.append(threading.Thread(target=backups, args=(binary, environment, folder, begin, seconds, week.wrong)))
            for sender in senders:
                sender.start()
            while any(sender.is_alive() for sender in senders):
                samples.append(memory(server.process))
                time.sleep(min(5, seconds / 100))
            lost, extra = week.is_kept()
            used = tenths(samples)
            table(week, used, seconds)
        verified = subprocess.run([binary, "verify"], env=environment, capture_output=True, text=True)
    failures = [f"lost: {path}" for path in lost] + [f"{path}: {many} more than were acknowledged" for path, many in extra.items()] + week.wrong + ([verified.stdout + verified.stderr] if verified.returncode else [])
    if used[-1] > used[4] * 1.1 + 16:
        failures.append(f"memory grew from {used[4]:.0f} to {used[-1]:.0f} MB")
    print(f"{len(week.kept):,} acknowledged rows looked for, {len(lost)} lost, {sum(extra.values())} more than were acknowledged; verify: {'no difference' if verified.returncode == 0 else 'DIFFERENCES'}; {len(week.wrong)} answers that nobody expected")
    for failure in failures[:20]:
        print(f"FAILED: {failure}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
