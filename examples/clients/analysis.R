# What R makes of the record: flows by month, who is still away, and what the sources say beside each other.
#
#   install.packages(c("httr2", "readr"))
#   HOMEWARD_URL=http://127.0.0.1:8080 Rscript analysis.R
#
# HOMEWARD_TOKEN is needed only where reading is not public. The tests run this against `homeward demo`.

library(httr2)
library(readr)
options(width = 200) # whole tables, however narrow the terminal

url <- Sys.getenv("HOMEWARD_URL", "http://127.0.0.1:8080")
token <- Sys.getenv("HOMEWARD_TOKEN")

# Reads a list or a statistic. Every row is flat and every answer complete, so a file needs no loop over pages. An empty cell is a number
# that nobody knows: it becomes NA, never 0. Nothing else does (`na = ""`), in particular not the code `NA` of Namibia.
read <- function(path, ..., types = cols()) {
  asked <- request(url) |>
    req_url_path_append("v1", path) |>
    req_url_query(...) |>
    req_retry(max_tries = 3)
  if (token != "") asked <- req_auth_bearer_token(asked, token)
  answer <- req_perform(asked)
  read_csv(I(resp_body_string(answer, "UTF-8")), na = "", col_types = types, progress = FALSE)
}

# 1. Flows by month. `low` and `high` are the lowest and the highest claim; they bracket the value and are no confidence interval.
flows <- read("stats/flows.csv", by = "month", fill = "zero")
cat("People who left and who came back, by month\n\n")
seen <- c("period", "displaced_individuals", "displaced_individuals_low", "displaced_individuals_high", "returned_individuals")
print(as.data.frame(flows[seen]), row.names = FALSE)
cat(sprintf(
  "\n%d of %d movements have no number of people at all, and are in no sum.\n",
  as.integer(sum(flows$movements_without_individuals)), as.integer(sum(flows$movements))
))

# 2. Stocks: who has not come back, on this record, by governorate.
stocks <- read("stats/stocks.csv", by = "destination", level = "admin1")
cat("\nStill away, by governorate\n\n")
seen <- c("destination_name", "remaining_individuals", "remaining_individuals_low", "remaining_individuals_high")
print(as.data.frame(stocks[seen]), row.names = FALSE)

# 3. Figures: every claim is a row, so claims about one movement can stand side by side. Both stages say how many went.
figures <- read("figures.csv", scope = "whole", types = cols(movement = "c", source = "c"))
claims <- subset(figures, stage %in% c("departed", "arrived") & !is.na(movement) & !is.na(individuals))
beside <- tapply(claims$individuals, list(claims$movement, claims$role), \(all) paste(sort(unique(all)), collapse = " "))
cat("\nWhat is recommended, and what other sources say, by movement\n\n")
print(beside, na.print = "", quote = FALSE)
