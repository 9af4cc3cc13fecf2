use super::*;

#[test]
fn every_table_of_the_schema_is_copied() {
    let schema = include_str!("../../db/schema.rs");
    let mut tables: Vec<&str> =
        schema.split("diesel::table! {").skip(1).filter_map(|text| text.split_whitespace().next()).collect();
    let mut copied: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    tables.sort_unstable();
    copied.sort_unstable();
    assert_eq!(copied, tables);
    // What the database gives keys to has a column `id`, and nothing else does.
    for table in TABLES {
        let of_it =
            schema.split("diesel::table! {").find(|text| text.trim_start().starts_with(&format!("{} (", table.name)));
        assert_eq!(
            of_it.is_some_and(|text| text.contains("id -> BigInt") && text.contains("(id) {")),
            table.numbered,
            "{}",
            table.name
        );
    }
}
