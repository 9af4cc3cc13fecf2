"""What pandas makes of the record: flows by month, who is still away, and what the sources say beside each other.

    pip install pandas
    HOMEWARD_URL=http://127.0.0.1:8080 python analysis.py

HOMEWARD_TOKEN is needed only where reading is not public. The tests run this against `homeward demo`.
"""

import os

import pandas as pd

URL = os.environ.get("HOMEWARD_URL", "http://127.0.0.1:8080")
TOKEN = os.environ.get("HOMEWARD_TOKEN")
KEYS = {"code", "batch", "movement", "return", "origin", "destination", "source", "agreement"}
# Whole tables, however narrow the terminal.
pd.set_option("display.width", 200, "display.max_columns", None)


def read(path: str, *dates: str) -> pd.DataFrame:
    """Reads a list or a statistic.

    Every row is flat and every answer complete, so a file needs no loop over pages. An empty cell is a number that nobody knows: it
    stays <NA>, and is never 0. Nothing else is missing, in particular not the code `NA`.
    """
    frame = pd.read_csv(
        f"{URL}/v1/{path}",
        storage_options={"Authorization": f"Bearer {TOKEN}"} if TOKEN else None,
        dtype_backend="numpy_nullable",
        keep_default_na=False,
        na_values=[""],
        parse_dates=list(dates),
    )
    # Also codes that look like numbers are text.
    return frame.astype({name: "string" for name in KEYS.intersection(frame.columns)})


# 1. Flows by month. `low` and `high` are the lowest and the highest claim; they bracket the value and are no confidence interval.
flows = read("stats/flows.csv?by=month&fill=zero", "period_start").set_index("period")
print("People who left and who came back, by month\n")
print(flows[["displaced_individuals", "displaced_individuals_low", "displaced_individuals_high", "returned_individuals"]])
unknown = flows["movements_without_individuals"].sum()
print(f"\n{unknown} of {flows['movements'].sum()} movements have no number of people at all, and are in no sum.")

# 2. Stocks: who has not come back, on this record, by governorate (`level=admin1`) and at the place itself.
stocks = read("stats/stocks.csv?by=destination&level=admin1").set_index("destination_name")
print("\nStill away, by governorate\n")
print(stocks[["remaining_individuals", "remaining_individuals_low", "remaining_individuals_high", "return_rate"]].round(3))

# 3. Figures: every claim is a row, so claims about one movement can stand side by side. Both stages say how many went.
figures = read("figures.csv?scope=whole", "reported_on")
claims = figures[figures["stage"].isin(["departed", "arrived"])].dropna(subset=["movement", "individuals"])
beside = claims.groupby(["movement", "role"])["individuals"].agg(lambda all: " ".join(map(str, sorted(set(all)))))
print("\nWhat is recommended, and what other sources say, by movement\n")
print(beside.unstack().fillna(""))
