//! CSV (RFC 4180) from anything that serialises to an object: a `Serializer` that makes each member a cell.

use std::fmt::{Display, Write as _};

use ::csv::{Terminator, Writer, WriterBuilder};
use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct};

use crate::error::Error;

/// Writes the names of the members of a row.
pub fn write_header<R: Serialize>(sample: &R, out: &mut Vec<u8>) -> Result<(), Error> {
    write(std::slice::from_ref(sample), Part::Names, out)
}

/// Writes a line for each row.
pub fn write_rows<R: Serialize>(rows: &[R], out: &mut Vec<u8>) -> Result<(), Error> {
    write(rows, Part::Values, out)
}

fn write<R: Serialize>(rows: &[R], part: Part, out: &mut Vec<u8>) -> Result<(), Error> {
    let internal = |error: &dyn Display| Error::Internal(format!("CSV: {error}"));
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    let mut cell = String::new();
    for row in rows {
        let line = Line { writer: &mut writer, cell: &mut cell, part };
        row.serialize(line).map_err(|error| internal(&error))?;
        writer.write_record(None::<&[u8]>).map_err(|error| internal(&error))?;
    }
    writer.flush().map_err(|error| internal(&error))
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Names,
    Values,
}

/// What cannot be a cell, or did not get into the buffer.
#[derive(Debug)]
struct Failed(String);

impl Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

impl ser::Error for Failed {
    fn custom<T: Display>(text: T) -> Self {
        Self(text.to_string())
    }
}

fn no_cell<T>(what: &str) -> Result<T, Failed> {
    Err(Failed(format!("{what} does not fit into a cell")))
}

macro_rules! refuse {
    ($what:literal: $($method:ident($($arg:ty),*)),+ $(,)?) => {
        $(fn $method(self, $(_: $arg),*) -> Result<Self::Ok, Failed> { no_cell($what) })+
    };
}

/// What rows and cells have in common: what neither of them is.
macro_rules! refuse_compounds {
    ($($method:ident -> $kind:ident ($($arg:ty),*)),+ $(,)?) => {
        $(fn $method(self, $(_: $arg),*) -> Result<Self::$kind, Failed> { no_cell(stringify!($method)) })+
    };
}

/// A row on its way into a line.
struct Line<'w, 'b> {
    writer: &'w mut Writer<&'b mut Vec<u8>>,
    cell: &'w mut String,
    part: Part,
}

impl Line<'_, '_> {
    fn field<T: Serialize + ?Sized>(&mut self, name: Option<&str>, value: &T) -> Result<(), Failed> {
        self.cell.clear();
        match (self.part, name) {
            (Part::Names, Some(name)) => self.cell.push_str(name),
            (Part::Names, None) => return Ok(()),
            (Part::Values, _) => {
                let text = value.serialize(Cell { out: self.cell, inside: false })?;
                if text == Kind::Text && is_formula(self.cell) {
                    self.cell.insert(0, '\'');
                }
            }
        }
        self.writer.write_field(self.cell.as_bytes()).map_err(ser::Error::custom)
    }
}

/// Whether a spreadsheet would take a text for a formula, whatever number of `'` stands before it already: the import
/// takes one away again.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

impl<'w, 'b> ser::Serializer for Line<'w, 'b> {
    type Ok = ();
    type Error = Failed;
    type SerializeSeq = Impossible<(), Failed>;
    type SerializeTuple = Impossible<(), Failed>;
    type SerializeTupleStruct = Impossible<(), Failed>;
    type SerializeTupleVariant = Impossible<(), Failed>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Failed>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Failed> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Failed> {
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failed> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Failed> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Failed> {
        no_cell("a row that is a variant")
    }

    refuse! { "a row that is no object":
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32),
        serialize_f64(f64), serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]), serialize_none(),
        serialize_unit(), serialize_unit_struct(&'static str), serialize_unit_variant(&'static str, u32, &'static str),
    }
    refuse_compounds! {
        serialize_seq -> SerializeSeq(Option<usize>), serialize_tuple -> SerializeTuple(usize),
        serialize_tuple_struct -> SerializeTupleStruct(&'static str, usize),
        serialize_tuple_variant -> SerializeTupleVariant(&'static str, u32, &'static str, usize),
        serialize_struct_variant -> SerializeStructVariant(&'static str, u32, &'static str, usize),
    }
}

impl SerializeStruct for Line<'_, '_> {
    type Ok = ();
    type Error = Failed;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Failed> {
        self.field(Some(name), value)
    }

    fn end(self) -> Result<(), Failed> {
        Ok(())
    }
}

impl SerializeMap for Line<'_, '_> {
    type Ok = ();
    type Error = Failed;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Failed> {
        if self.part == Part::Names {
            self.cell.clear();
            name.serialize(Cell { out: self.cell, inside: false })?;
            self.writer.write_field(self.cell.as_bytes()).map_err(<Failed as ser::Error>::custom)?;
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        self.field(None, value)
    }

    fn end(self) -> Result<(), Failed> {
        Ok(())
    }
}

/// What a cell holds: only text can be taken for a formula.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
}

/// A value on its way into a cell, or into an entry of a list in one.
struct Cell<'c> {
    out: &'c mut String,
    inside: bool,
}

impl Cell<'_> {
    fn put(self, value: impl Display, kind: Kind) -> Result<Kind, Failed> {
        write!(self.out, "{value}").map_err(<Failed as ser::Error>::custom)?;
        Ok(kind)
    }
}

macro_rules! numbers {
    ($($method:ident($kind:ty)),+ $(,)?) => {
        $(fn $method(self, value: $kind) -> Result<Kind, Failed> { self.put(value, Kind::Number) })+
    };
}

impl<'c> ser::Serializer for Cell<'c> {
    type Ok = Kind;
    type Error = Failed;
    type SerializeSeq = Entries<'c>;
    type SerializeTuple = Impossible<Kind, Failed>;
    type SerializeTupleStruct = Impossible<Kind, Failed>;
    type SerializeTupleVariant = Impossible<Kind, Failed>;
    type SerializeMap = Impossible<Kind, Failed>;
    type SerializeStruct = Pair<'c>;
    type SerializeStructVariant = Impossible<Kind, Failed>;

    numbers! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64),
    }

    fn serialize_f32(self, value: f32) -> Result<Kind, Failed> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Kind, Failed> {
        // As JSON prints it: a whole one ends in `.0`.
        self.put(serde_json::Value::from(value), Kind::Number)
    }

    fn serialize_char(self, value: char) -> Result<Kind, Failed> {
        self.put(value, Kind::Text)
    }

    fn serialize_str(self, value: &str) -> Result<Kind, Failed> {
        self.out.push_str(value);
        Ok(Kind::Text)
    }

    fn serialize_none(self) -> Result<Kind, Failed> {
        Ok(Kind::Number)
    }

    fn serialize_unit(self) -> Result<Kind, Failed> {
        Ok(Kind::Number)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Kind, Failed> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Kind, Failed> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, word: &'static str) -> Result<Kind, Failed> {
        self.serialize_str(word)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Entries<'c>, Failed> {
        if self.inside { no_cell("a list in a list") } else { Ok(Entries { out: self.out, first: true }) }
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Pair<'c>, Failed> {
        Ok(Pair { out: self.out, name: String::new() })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Kind, Failed> {
        no_cell("a variant with a value")
    }

    refuse! { "this": serialize_bytes(&[u8]), serialize_unit_struct(&'static str) }
    refuse_compounds! {
        serialize_tuple -> SerializeTuple(usize), serialize_map -> SerializeMap(Option<usize>),
        serialize_tuple_struct -> SerializeTupleStruct(&'static str, usize),
        serialize_tuple_variant -> SerializeTupleVariant(&'static str, u32, &'static str, usize),
        serialize_struct_variant -> SerializeStructVariant(&'static str, u32, &'static str, usize),
    }
}

/// A list in a cell: its entries joined by `;`.
struct Entries<'c> {
    out: &'c mut String,
    first: bool,
}

impl SerializeSeq for Entries<'_> {
    type Ok = Kind;
    type Error = Failed;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        if !std::mem::take(&mut self.first) {
            self.out.push(';');
        }
        value.serialize(Cell { out: self.out, inside: true }).map(|_| ())
    }

    fn end(self) -> Result<Kind, Failed> {
        Ok(Kind::Text)
    }
}

/// A party in a cell: `role:name`.
struct Pair<'c> {
    out: &'c mut String,
    name: String,
}

impl SerializeStruct for Pair<'_> {
    type Ok = Kind;
    type Error = Failed;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Failed> {
        let out = match name {
            "role" => &mut *self.out,
            "name" => &mut self.name,
            _ => return no_cell("an object"),
        };
        value.serialize(Cell { out, inside: true }).map(|_| ())
    }

    fn end(self) -> Result<Kind, Failed> {
        self.out.push(':');
        self.out.push_str(&self.name);
        Ok(Kind::Text)
    }
}

#[cfg(test)]
mod tests;
