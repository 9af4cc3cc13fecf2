import{l as n,a as e,t as o,a2 as r,I as m,a5 as c,$ as d}from"./first-C5fevRE9.js";import{C as p}from"./code-_WfyRd3I.js";/* empty css             */function f(){const a=location.origin,t=`${a}/v1/stats/flows.csv?by=month,destination&level=admin1${n.value==="ar"?"&labels=ar":""}`,i=[["sample-curl",`# Who left, who came back, who is still away
curl '${a}/v1/stats/summary'

# The same as a file, with a token where the service is closed
curl -OJ -H "Authorization: Bearer $TOKEN" '${a}/v1/movements.csv?from=2017-03-01&to=2017-05-31'`],["sample-excel",`let
  Source = Csv.Document(
    Web.Contents("${a}",
      [RelativePath = "v1/stats/flows.csv", Query = [by = "month,destination", level = "admin1"]]),
    [Delimiter = ",", Encoding = 65001]),
  Rows = Table.PromoteHeaders(Source)
in
  Rows`],["sample-r",`flows <- read.csv("${t}", encoding = "UTF-8")
# NA is "nobody knows", 0 is 0.
aggregate(displaced_individuals ~ period, flows, sum, na.rm = TRUE)`],["sample-python",`import pandas

flows = pandas.read_csv("${t}")
# Empty is "nobody knows": min_count keeps it from becoming 0.
print(flows.groupby("period")["displaced_individuals"].sum(min_count=1))`],["sample-write",`curl '${a}/v1/batches' \\
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -H "Idempotency-Key: $(uuidgen)" -d '{
    "origin": "al-waer", "departed_on": "2017-06-03",
    "movements": [{"destination": "SY07", "figures": [
      {"stage": "departed", "source": "sana", "individuals": 250, "individuals_quantifier": "approximately"}]}]}'`],["sample-sheet",`curl -OJ '${a}/v1/templates/movements.xlsx'
# Fill it in, look what would happen, then write it
curl '${a}/v1/imports/movements' -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' --data-binary @movements.xlsx
curl '${a}/v1/imports/movements?commit=true' -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' --data-binary @movements.xlsx`]];return e(d,{children:[e("div",{class:"lead",children:[e("p",{class:"eyebrow",children:e("a",{href:"/docs",children:o("nav-docs")})}),e(r,{children:o("docs-samples")}),e("p",{class:"about",children:o("samples-about")})]}),e("p",{class:"actions",children:["movements","returns","locations","sources","agreements"].map(s=>e("button",{type:"button",class:"button",onClick:()=>c(`/v1/exports/${s}.xlsx?lang=${n.value}`),children:[e(m,{name:"down"})," ",o("sample-of",{sheet:o(`sheet-${s}`)})]},s))}),i.map(([s,l])=>e("section",{class:"panel","aria-labelledby":s,children:[e("h2",{id:s,children:o(s)}),e(p,{text:l,label:o(s)})]},s))]})}export{f as default};
