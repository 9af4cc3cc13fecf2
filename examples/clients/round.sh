#!/usr/bin/env bash
# The round that a sheet makes, with curl alone: an empty one, a try, the commit, what it changed, files out, and back again.
#
#   homeward demo                                # in another terminal; prints a token
#   HOMEWARD_TOKEN=hw_… examples/clients/round.sh
#
# HOMEWARD_URL says where the service is, if not on this machine. At the end everything is as it was before. The tests run this.
set -euo pipefail

url=${HOMEWARD_URL:-http://127.0.0.1:8080}
token=${HOMEWARD_TOKEN:?an editor\'s token, as homeward demo prints it}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

step() { printf '\n== %s\n' "$*"; }
# With --fail-with-body an answer of 400 or more ends the script, and is still shown.
ask() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $token" "$@"; }
send() { ask "$url/v1/imports/movements$1" --header 'Content-Type: text/csv' --data-binary "@$2"; echo; }

step 'An empty sheet: .xlsx has drop-downs and explains each column; lang=ar is in Arabic'
ask "$url/v1/templates/movements.xlsx?lang=ar" --output template.xlsx
ask "$url/v1/templates/movements.csv" | head -n 1 | cut -d, -f1-8

# Somebody fills it in. Columns may be left out and stand in any order; places and sources go by code or name.
cat >sheet.csv <<'CSV'
batch,origin,departed_on,destination,stage,source,families,individuals
round-1,Al-Waer,2017-06-03,Jarablos,departed,sana,50,250
round-1,Al-Waer,2017-06-03,Idleb,departed,sana,,"1,100"
CSV

step 'A dry run: nothing is written, and everything wrong is listed by row and column (status 422)'
send '' sheet.csv 2>/dev/null || true

step 'Mended, and tried again (200)'
sed -i.before 's/Jarablos/Jarablus/; s/,Idleb,/,SY07,/' sheet.csv
send '' sheet.csv

step 'Committed (201): now it has a code'
send '?commit=true' sheet.csv | tee committed.json
code=$(sed 's/^{"code":"\([^"]*\)".*/\1/' committed.json)

step 'What has come in: a list, filtered as every list and file can be'
ask "$url/v1/movements.csv?batch=round-1" | cut -d, -f1,3,12,17,24

step 'Statistics: how many left in June 2017, and to where'
ask "$url/v1/stats/flows.csv?by=month,destination&level=admin1&from=2017-06-01&to=2017-06-30" | cut -d, -f1,3,4,5,9

step 'A sheet out, in the columns of sheets in: it can be imported again'
ask "$url/v1/exports/movements.csv?batch=round-1" --output exported.csv
send '' exported.csv

step 'Asked again with its ETag, an answer that has not changed is not sent again (304)'
ask "$url/v1/stats/summary" --dump-header headers --output /dev/null
etag=$(sed -n 's/^etag: \(.*\)\r$/\1/ip' headers)
ask "$url/v1/stats/summary" --header "If-None-Match: $etag" --output /dev/null --write-out '%{http_code}\n'

step 'Everything at once, with a description of every column, the licence and a citation'
ask "$url/v1/exports/dataset.zip" --output dataset.zip
ls dataset.zip

step 'And the import is taken back (204): nobody finds it any more (404)'
ask "$url/v1/imports/$code" --request DELETE --write-out '%{http_code}\n'
ask "$url/v1/imports/$code" --output /dev/null --write-out '%{http_code}\n' 2>/dev/null || true
