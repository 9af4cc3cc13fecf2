/** The vocabularies, in the order in which they are offered; their names are in the texts as `word-<vocabulary>-<word>`. */
export const WORDS = {
  stage: ["planned", "registered", "waitlisted", "departed", "arrived", "withdrawn"],
  role: ["recommended", "triangulation"],
  scope: ["whole", "part"],
  quantifier: ["exact", "approximately", "more_than", "less_than", "between"],
  precision: ["day", "week", "month", "year"],
  batch_kind: ["displacement", "redisplacement", "onward"],
  location_kind: [
    "country", "admin1", "admin2", "admin3", "admin4", "area", "locality", "neighbourhood", "camp", "crossing",
  ],
  settlement_type: [
    "individual", "self_settled_camp", "planned_camp", "collective_centre", "reception_centre", "undefined",
  ],
  source_kind: [
    "own_count", "government", "local_council", "armed_group", "un_agency", "ngo", "red_cross_red_crescent", "monitor",
    "community", "media", "state_media", "research", "other",
  ],
  reliability: ["low", "medium", "high", "unknown"],
  party_role: ["signatory", "guarantor", "mediator", "facilitator", "organiser", "monitor"],
  reason: [
    "hostilities", "siege", "fear_of_reprisal", "conscription", "poor_conditions", "eviction", "security_improved",
    "guarantees", "family", "property", "other", "unknown",
  ],
  household_completeness: ["complete", "partial", "unknown"],
  visibility: ["public", "restricted"],
} as const;

export type Vocabulary = keyof typeof WORDS;
