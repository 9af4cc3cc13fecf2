//! GeoJSON (RFC 7946): a feature for each place, with its whole row as properties.

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;

/// What stands before the first feature.
pub const HEAD: &[u8] = br#"{"type":"FeatureCollection","features":["#;
/// What stands after the last one.
pub const TAIL: &[u8] = b"]}";

/// A place on the map.
#[derive(Serialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its code: absent in a row that stands for no single place, since an id may not be null.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    geometry: Option<Point>,
    /// Everything, coordinates too: tools that make a table of the features lose nothing.
    properties: Value,
}

/// Where it lies: degrees east, then north.
#[derive(Serialize)]
struct Point {
    #[serde(rename = "type")]
    kind: &'static str,
    coordinates: [f64; 2],
}

/// Writes the feature of a row that has a `code`, a `latitude` and a `longitude`.
pub fn write_row<R: Serialize>(row: &R, out: &mut Vec<u8>) -> Result<(), Error> {
    let internal = |error: serde_json::Error| Error::Internal(format!("GeoJSON: {error}"));
    let properties = serde_json::to_value(row).map_err(internal)?;
    let degrees = |name: &str| properties.get(name).and_then(Value::as_f64);
    let coordinates = degrees("longitude").zip(degrees("latitude"));
    let feature = Feature {
        kind: "Feature",
        id: properties.get("code").filter(|code| !code.is_null()).cloned(),
        geometry: coordinates.map(|(east, north)| Point { kind: "Point", coordinates: [east, north] }),
        properties,
    };
    serde_json::to_writer(out, &feature).map_err(internal)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn feature(row: Value) -> String {
        let mut out = vec![];
        write_row(&row, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_place_is_a_point_with_its_row() {
        assert_eq!(
            feature(json!({"code": "a", "latitude": 34.73, "longitude": 36.0, "name": "A"})),
            r#"{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[36.0,34.73]},"properties":{"code":"a","latitude":34.73,"longitude":36.0,"name":"A"}}"#
        );
    }

    #[test]
    fn a_place_that_nobody_has_measured_has_no_geometry() {
        assert_eq!(
            feature(json!({"code": null, "latitude": null, "longitude": null})),
            r#"{"type":"Feature","geometry":null,"properties":{"code":null,"latitude":null,"longitude":null}}"#
        );
    }
}
