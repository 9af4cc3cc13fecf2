//! Rows as cells: what CSV and workbooks have in common. A `Serializer` that takes anything that serialises to an object,
//! and shows each member as one cell.

use std::fmt::{Display, Write as _};

use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct};

use crate::error::Error;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Number(f64),
    /// Text, a list joined by `;`, or a day or a time as JSON has it.
    Text(&'a str),
}

/// What the texts of a column stand for, which JSON has no types for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Days.
    Day,
    /// Times, in UTC.
    Time,
    /// Whatever the cells hold.
    Plain,
}

impl ColumnKind {
    /// What a column holds, by its name: days end in `_on`, times in `_at`, and a few days have names of their own.
    pub fn of(name: &str) -> Self {
        match name {
            "as_of" | "period_start" | "first_date" | "last_date" => Self::Day,
            "first_arrival" | "last_arrival" | "first_departure" | "last_departure" => Self::Day,
            _ if name.ends_with("_on") => Self::Day,
            _ if name.ends_with("_at") => Self::Time,
            _ => Self::Plain,
        }
    }
}

/// Shows every cell of a row, in order, with the name of its column.
pub fn each<R, F>(row: &R, show: &mut F) -> Result<(), Error>
where
    R: Serialize,
    F: FnMut(&str, Cell<'_>) -> Result<(), Error>,
{
    row.serialize(Line { show, name: String::new(), text: String::with_capacity(256) }).map_err(|Failed(error)| error)
}

/// The names of the columns, from one row.
pub fn names<R: Serialize>(sample: &R) -> Result<Vec<String>, Error> {
    let mut names = vec![];
    each(sample, &mut |name, _| {
        names.push(name.to_owned());
        Ok(())
    })?;
    Ok(names)
}

/// What cannot be a cell, or what whoever is shown the cells has to say against one.
#[derive(Debug)]
struct Failed(Error);

impl Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failed {}

impl ser::Error for Failed {
    fn custom<T: Display>(text: T) -> Self {
        Self(Error::Internal(format!("cells: {text}")))
    }
}

fn no_cell<T>(what: &str) -> Result<T, Failed> {
    Err(ser::Error::custom(format!("{what} does not fit into a cell")))
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

/// A row on its way into cells.
struct Line<'s, F> {
    show: &'s mut F,
    /// The column, where the row is a map.
    name: String,
    /// The text of the cell.
    text: String,
}

/// Shows one cell.
fn show<T, F>(show: &mut F, name: &str, value: &T, text: &mut String) -> Result<(), Failed>
where
    T: Serialize + ?Sized,
    F: FnMut(&str, Cell<'_>) -> Result<(), Error>,
{
    text.clear();
    let cell = match value.serialize(Inside { out: text, listed: false })? {
        Kind::Empty => Cell::Empty,
        Kind::Flag(flag) => Cell::Flag(flag),
        Kind::Whole(number) => Cell::Whole(number),
        Kind::Number(number) => Cell::Number(number),
        Kind::Text => Cell::Text(text),
    };
    show(name, cell).map_err(Failed)
}

impl<F: FnMut(&str, Cell<'_>) -> Result<(), Error>> ser::Serializer for Line<'_, F> {
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

impl<F: FnMut(&str, Cell<'_>) -> Result<(), Error>> SerializeStruct for Line<'_, F> {
    type Ok = ();
    type Error = Failed;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Failed> {
        show(self.show, name, value, &mut self.text)
    }

    fn end(self) -> Result<(), Failed> {
        Ok(())
    }
}

impl<F: FnMut(&str, Cell<'_>) -> Result<(), Error>> SerializeMap for Line<'_, F> {
    type Ok = ();
    type Error = Failed;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Failed> {
        self.name.clear();
        name.serialize(Inside { out: &mut self.name, listed: true }).map(|_| ())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        show(self.show, &self.name, value, &mut self.text)
    }

    fn end(self) -> Result<(), Failed> {
        Ok(())
    }
}

/// What was found in a cell; its text stands in the buffer.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Empty,
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text,
}

/// A value on its way into a cell, or into an entry of a list in one.
struct Inside<'c> {
    out: &'c mut String,
    /// Whether it is a part of a text, whatever it is by itself.
    listed: bool,
}

impl Inside<'_> {
    fn put(self, value: impl Display, kind: Kind) -> Result<Kind, Failed> {
        if !self.listed {
            return Ok(kind);
        }
        write!(self.out, "{value}").map_err(<Failed as ser::Error>::custom)?;
        Ok(Kind::Text)
    }
}

macro_rules! numbers {
    ($($method:ident($kind:ty) -> $number:ident),+ $(,)?) => {
        $(fn $method(self, value: $kind) -> Result<Kind, Failed> { self.put(value, Kind::$number(value.into())) })+
    };
}

impl<'c> ser::Serializer for Inside<'c> {
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
        serialize_bool(bool) -> Flag, serialize_i8(i8) -> Whole, serialize_i16(i16) -> Whole,
        serialize_i32(i32) -> Whole, serialize_i64(i64) -> Whole, serialize_u8(u8) -> Whole,
        serialize_u16(u16) -> Whole, serialize_u32(u32) -> Whole, serialize_f32(f32) -> Number,
        serialize_f64(f64) -> Number,
    }

    fn serialize_u64(self, value: u64) -> Result<Kind, Failed> {
        let Ok(whole) = i64::try_from(value) else { return no_cell("a number beyond all counts") };
        self.put(value, Kind::Whole(whole))
    }

    fn serialize_char(self, value: char) -> Result<Kind, Failed> {
        self.out.push(value);
        Ok(Kind::Text)
    }

    fn serialize_str(self, value: &str) -> Result<Kind, Failed> {
        self.out.push_str(value);
        Ok(Kind::Text)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Kind, Failed> {
        write!(self.out, "{value}").map_err(<Failed as ser::Error>::custom)?;
        Ok(Kind::Text)
    }

    fn serialize_none(self) -> Result<Kind, Failed> {
        Ok(Kind::Empty)
    }

    fn serialize_unit(self) -> Result<Kind, Failed> {
        Ok(Kind::Empty)
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
        if self.listed { no_cell("a list in a list") } else { Ok(Entries { out: self.out, first: true }) }
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
        value.serialize(Inside { out: self.out, listed: true }).map(|_| ())
    }

    fn end(self) -> Result<Kind, Failed> {
        Ok(if self.first { Kind::Empty } else { Kind::Text })
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
        value.serialize(Inside { out, listed: true }).map(|_| ())
    }

    fn end(self) -> Result<Kind, Failed> {
        self.out.push(':');
        self.out.push_str(&self.name);
        Ok(Kind::Text)
    }
}

#[cfg(test)]
mod tests;
