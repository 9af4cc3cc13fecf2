const e=`# The front page, and what all pages share. en.work.ftl has the texts of the other pages.

title = homeward: who was displaced, who came back, who is still away
title-short = homeward
description = A record of displacement and return: what each source says, one recommended figure, and an honest range.
navigation = Pages
skip = To the content
nav-look = Look
nav-enter = Enter
nav-upload = Upload
nav-docs = Docs
nav-settings = Settings
loading = Loading…
page-failed = This page could not be loaded. Check the connection and load it again.
noscript = This page needs JavaScript. The same figures are at /v1/stats/summary, the documentation of the API at /docs/api/.
footer-claims = Figures are what sources claimed. A range brackets the claims; it is no confidence interval. What nobody knows is shown as unknown, never as 0.
sign-in = Sign in
signed-in = Signed in
try-again = Try again
offline = You are offline. What you see may be from an earlier visit.
offline-enter = You are offline. What you enter is kept in this browser and sent when the line comes back.
kept-from = The service cannot be reached. These figures are from { $time }.
required = (required)
list-separator = {", "}
unknown-number = unknown
unknown-date = date unknown
week-of = week of { $date }
quarter-short = Q{ $quarter } { $year }
period-inexact = Date not exact enough

failure-offline = The service cannot be reached. Check the connection.
failure-busy = The service is too busy, or its database is away. Try again in a moment.
failure-token = Your token is no longer valid. Sign in again.
failure-closed = This service can only be read with a token. Sign in to go on.
failure-role = Your token does not allow this.
failure-not-found = There is no such row, or you may not see it.
failure-too-many-rows = This is more than one answer holds. Filter by place or date.
failure-other = The service refused this (status { $status }).

look-title = Who left, who came back, who is still away
loading-record = Adding up the record… A large one takes a while the first time.
about-dates = { $first } to { $last }.
about-counts = { $batches ->
    [one] One batch
   *[other] { $batches } batches
  } from { $origins ->
    [one] one origin
   *[other] { $origins } origins
  } to { $destinations ->
    [one] one destination
   *[other] { $destinations } destinations
  }, told by { $sources ->
    [one] one source
   *[other] { $sources } sources
  }.

filters = Filters
filter-origin = Origin
filter-destination = Destination
filter-agreement = Agreement
filter-from = From
filter-to = To
filter-below = A place includes everything below it.
filters-none = Remove filters
copy-link = Copy link to this view
copied = Copied
clear-field = Clear: { $field }
create-it = Create “{ $name }”
lookup-none = Nothing begins like this.
lookup-unchosen = “{ $typed }” is not chosen yet: take it from the list.
lookup-failed = The list could not be loaded.
lookup-count = { $count ->
    [0] No suggestion
    [one] One suggestion
   *[other] { $count } suggestions
  }

headline-title = The numbers
headline-left = Displaced
headline-back = Returned
headline-away = Still away
headline-as-of = On { $date }.
headline-over = On { $date }. More people returned than left, on this record.
headline-rate = { $rate } have returned.
headline-dated = Displaced and returned: between the two dates. Still away: everyone on record by the end date, whenever they left.
unit = Counted in
unit-individuals = Individuals
unit-households = Households
unit-of-individuals = { $n ->
    [one] person
   *[other] people
  }
unit-of-households = { $n ->
    [one] household
   *[other] households
  }
range-unknown = nobody knows how many
range-none = none on record
range-one = no source says otherwise
range-between = between { $low } and { $high }
range-at-most = at most { $high }
range-more-than = more than { $low }
range-open = between { $low } and more than { $high }
reading-title = What these numbers mean
reading-left = People who left in a recorded movement: all who went from one place to one destination on one day. Movements that left together are a batch.
reading-back = People recorded as having come back.
reading-away = Displaced minus returned: those not known to have come back.
reading-value = The number
reading-value-is = For each movement, the figure that the keepers of this record recommend; then the sum.
reading-range = “Between … and …”
reading-range-is = How far the sources lie apart: their lowest and highest claims, added up. It is no confidence interval.
reading-unknown = “unknown”
reading-unknown-is = No source gave a number. That is not 0, and it is in no sum.
nobody-knows-movements = { $without ->
    [one] Nobody counted 1 of { $all } movements; it is in no sum.
   *[other] Nobody counted { $without } of { $all } movements; they are in no sum.
  }
nobody-knows-returns = { $without ->
    [one] Nobody counted 1 of { $all } returns; it is in no sum.
   *[other] Nobody counted { $without } of { $all } returns; they are in no sum.
  }

as-table = The same numbers as a table
download-of = Download: { $title }
download-excel = Excel
download-csv = CSV
download-picture = Picture
saved = Saved
preparing = Preparing…
nothing-here = Nothing here.
show-more-of = Show more ({ $shown } of { $count } shown)
show-more = Show more
picture-note = { $address } · { $date } · a range brackets what sources claim; unknown is not 0

timeline-title = Departures and returns over time
timeline-meaning = Departures rise above the line, returns fall below it. The thin line is the span of the claims.
timeline-said = Chart of departures and returns in { $count } periods. The table below has the same numbers.
timeline-none = No date is exact enough for this period: { $movements } movements.
timeline-inexact = Not in the chart, since their date is not exact enough: { $movements } movements, { $returns } returns.
grain = Period
grain-day = Day
grain-week = Week
grain-month = Month
grain-quarter = Quarter
grain-year = Year
left-n = { $n } left
back-n = { $n } returned
key-left = Displaced
key-back = Returned
key-away = Still there
key-range = Span of the claims
key-unknown = Nobody knows how many
key-lacks = Some of it uncounted
key-flow = Width: individuals or households displaced
key-flow-unknown = Dashed: nobody knows how many
remaining-title = Still away, over time
remaining-meaning = Everyone who had left minus everyone who had returned. The band is what the claims leave open.
remaining-said = Line of those still away at the end of each period, with the span of the claims.

flows-title = From where to where
flows-meaning = Origins on one side, destinations on the other. The widest flows are the largest.
flows-said = Diagram of { $count } flows from origins to destinations. The table below has the same numbers.
no-place-at-level = No place at this level
other-places = { $count ->
    [one] one other place
   *[other] { $count } other places
  }
level = Places
level-place = As recorded
level-admin2 = District
level-admin1 = Governorate
level-country = Country

balance-title = Who is still there
balance-meaning = By destination, on { $date }: displaced minus returned.
balance-meaning-undated = By destination: displaced minus returned.
balance-said = Bars of those still away in { $count } destinations. The table below has the same numbers.
balance-unknown = { $count ->
    [one] For one place nobody knows how many are there.
   *[other] For { $count } places nobody knows how many are there.
  }
over-return = more returned than left

column-period = Period
column-left = Displaced
column-back = Returned
column-away = Still away
column-range = Claims
column-movements = Movements
column-returns = Returns
column-origin = Origin
column-destination = Destination
column-from = From
column-to = Back to
column-rate = Returned share
column-date = Date
column-figures = Figures
coverage = { $all }, { $without } uncounted

published-title = What sources published for the whole agreement
published-meaning = { $agreement }: totals as sources gave them, beside the sum of the movements on record. They are compared, never added.
published-line = { $count ->
    [one] One total was published for the whole agreement: { $low }.
   *[other] { $count } totals were published for the whole agreement, from { $low } to { $high }.
  }
published-compare = Compare
published-sum = Sum of this record
published-same = The same as the sum of this record.
published-more = { $n } more than the sum of this record ({ $percent }).
published-fewer = { $n } fewer than the sum of this record ({ $percent }).
published-of = Speaks of { $place } only.
published-uncounted = Nobody counted { $without } of { $all } movements on record, so the sum may be too low.
published-some = Looked through the newest { $count } figures of this agreement.
published-search = Look through more
published-none-yet = No total of the whole agreement among them.
published-no-individuals = No source published a total of individuals.
published-no-households = No source published a total of households.
column-beside = Beside the sum
agreements-title = By agreement
agreements-meaning = A name opens the view of that agreement, with the totals that sources published for it.
no-agreement = Without an agreement
column-agreement = Agreement

record-title = The record
record-meaning = Each row opens everything that was said about it.
record-movements = Movements
record-returns = Returns
batch-number = Batch { $number }

empty-record = Nothing is recorded here yet. Enter a first batch, or upload a sheet.
empty-filtered = Nothing on record fits these filters.
data-title = The data
data-meaning = Everything on this page as files: with what each source says, ready for Excel, R or a dashboard.
data-large = Lists of this size come as CSV, since no workbook holds them well.
data-all = Whole data set (ZIP)
data-docs = How to read them

movement = Movement
return = Return
back-to-overview = Back to the overview
movement-title = { $origin } to { $destination }
movement-left = Left: { $date }.
movement-not-left = Has not left.
movement-arrived = Arrived: { $date }.
return-on = Returned: { $date }.
return-not-yet = Has not returned.
cancelled = Cancelled.
edit-batch = Edit this batch
edit-return = Edit this return
no-figures = Nobody has given a number for this.
derived-from = This unit is not in the recommended figure; it comes from { $source }.
claims-title = { $count ->
    [one] What one figure says
   *[other] What { $count } figures say
  }
claims-meaning = One dot for each claim; the filled one is recommended. Arrows stand for “more than” and “at most”.
claims-said = Dots of { $count } claims on one scale. The table below has the same numbers.
no-source = Source not named
why = Why it differs
why-best = Recommended: the figure that counts in every sum.
why-same = Says the same as the recommended figure.
why-more = { $n } more than the recommended figure ({ $percent }).
why-fewer = { $n } fewer than the recommended figure ({ $percent }).
why-part = Speaks of a part only: kept and shown, never counted.
why-stage = Counted at another stage: “{ $stage }”, the recommended one “{ $other }”.
why-not-actual = Speaks of an intention, not of what happened.
why-approximately = The source rounds: “approximately”.
why-more-than = The source gives only a lower end: “more than”.
why-less-than = The source gives only an upper end: “at most”.
why-between = The source gives a span itself.
why-as-of = A running total up to { $date }.
why-early = Published on { $date }, before it happened.
why-no-individuals = Gives no number of individuals.
why-no-households = Gives no number of households.
why-parts = Its own parts add up to { $parts }, not to { $whole }.
said-approximately = about { $n }
said-more-than = more than { $n }
said-less-than = at most { $n }
said-between = { $n } to { $high }
place-said = Place in its words: { $place }
reported-on = Published { $date }
publication = Publication
opens-elsewhere = (opens outside this service)

field-code = Code
field-source = Source
field-stage = Stage
field-role = Role
field-reported-on = Published on
field-men = Men
field-women = Women
field-children = Children
field-infants = Infants
field-civilians = Civilians
field-fighters = Fighters
field-notes = Notes
field-destination-as-reported = Destination as reported
field-from-as-reported = Place of displacement as reported
field-settlement-type = Settlement type
field-household-completeness = Whole families
field-movement = Outbound movement

queue-waiting = { $count ->
    [one] one entry not sent yet
   *[other] { $count } entries not sent yet
  }

word-stage-planned = Planned
word-stage-registered = Registered
word-stage-waitlisted = Wait-listed
word-stage-departed = Departed
word-stage-arrived = Arrived
word-stage-withdrawn = Withdrawn
word-role-recommended = Recommended
word-role-triangulation = For comparison
word-scope-whole = Whole
word-scope-part = Part
word-quantifier-exact = exactly
word-quantifier-approximately = approximately
word-quantifier-more-than = more than
word-quantifier-less-than = at most
word-quantifier-between = between
word-precision-day = Day
word-precision-week = Week
word-precision-month = Month
word-precision-year = Year
word-batch-kind-displacement = Displacement
word-batch-kind-redisplacement = Displacement again after a return
word-batch-kind-onward = Onward movement
word-location-kind-country = Country
word-location-kind-admin1 = Governorate
word-location-kind-admin2 = District
word-location-kind-admin3 = Sub-district
word-location-kind-admin4 = Community
word-location-kind-area = Area
word-location-kind-locality = Town or village
word-location-kind-neighbourhood = Neighbourhood
word-location-kind-camp = Camp
word-location-kind-crossing = Crossing
word-settlement-type-individual = Individual accommodation
word-settlement-type-self-settled-camp = Self-settled camp
word-settlement-type-planned-camp = Planned camp
word-settlement-type-collective-centre = Collective centre
word-settlement-type-reception-centre = Reception centre
word-settlement-type-undefined = Undefined
word-source-kind-own-count = Own count
word-source-kind-government = Government
word-source-kind-local-council = Local council
word-source-kind-armed-group = Armed group
word-source-kind-un-agency = UN agency
word-source-kind-ngo = NGO
word-source-kind-red-cross-red-crescent = Red Cross or Red Crescent
word-source-kind-monitor = Monitor
word-source-kind-community = Community
word-source-kind-media = Media
word-source-kind-state-media = State media
word-source-kind-research = Research
word-source-kind-other = Other
word-reliability-low = Low
word-reliability-medium = Medium
word-reliability-high = High
word-reliability-unknown = Unknown
word-party-role-signatory = Signatory
word-party-role-guarantor = Guarantor
word-party-role-mediator = Mediator
word-party-role-facilitator = Facilitator
word-party-role-organiser = Organiser
word-party-role-monitor = Monitor
word-reason-hostilities = Hostilities
word-reason-siege = Siege
word-reason-fear-of-reprisal = Fear of reprisal
word-reason-conscription = Conscription
word-reason-poor-conditions = Poor conditions
word-reason-eviction = Eviction
word-reason-security-improved = Security improved
word-reason-guarantees = Guarantees
word-reason-family = Family
word-reason-property = Property
word-reason-other = Other
word-reason-unknown = Unknown
word-household-completeness-complete = Whole families
word-household-completeness-partial = Parts of families
word-household-completeness-unknown = Unknown
word-visibility-public = Public
word-visibility-restricted = Restricted
`;export{e as default};
