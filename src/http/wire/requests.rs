//! Where the requests of a connection begin and end: each head is read before the framework gets it.

use actix_codec::Decoder;
use actix_http::ServiceConfig;
use actix_http::error::ParseError;
use actix_http::h1::{Codec, Message, MessageType};
use bytes::BytesMut;

use crate::http::catalogue::Code;
use crate::http::problem::Problem;

/// The largest head, in bytes: the framework holds no more of it.
const MAX_HEAD: usize = 128 << 10;
/// The longest address, in bytes: the framework counts them in 16 bits.
const MAX_ADDRESS: usize = 65_534;

/// Why nothing more is read of a connection.
#[derive(Debug)]
pub enum End {
    /// This is no request, and is answered with this.
    Refused(Problem),
    /// A body is not what its head promised: whoever reads it finds that it broke off.
    Broken,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    /// Empty lines, which may stand before a head.
    Before,
    Method,
    /// The address, and the version behind it.
    Address,
    Headers,
    Body,
}

/// The requests of one connection, as far as they have come.
pub struct Requests {
    part: Part,
    /// The framework's own decoder: what it takes here, it takes again where the request is served.
    codec: Codec,
    /// What the decoder has been shown and has not yet taken.
    shown: BytesMut,
    /// The head that is under way, in the form in which the framework will get it.
    head: BytesMut,
}

impl Requests {
    /// A connection of which nothing has come yet.
    pub fn new(config: ServiceConfig) -> Self {
        Self { part: Part::Before, codec: Codec::new(config), shown: BytesMut::new(), head: BytesMut::new() }
    }

    /// Reads on. What the framework may have goes behind `out`: whole heads, and bodies as they come.
    pub fn read(&mut self, mut bytes: &[u8], out: &mut BytesMut) -> Result<(), End> {
        while !bytes.is_empty() {
            let taken = match self.part {
                Part::Body => {
                    let taken = self.body(bytes)?;
                    out.extend_from_slice(&bytes[..taken]);
                    taken
                }
                _ => self.head(bytes, out)?,
            };
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// How many of these bytes are the rest of a body, which nobody touches.
    pub fn body(&mut self, bytes: &[u8]) -> Result<usize, End> {
        if self.part != Part::Body {
            return Ok(0);
        }
        self.shown.extend_from_slice(bytes);
        loop {
            match self.codec.decode(&mut self.shown) {
                Ok(Some(Message::Chunk(Some(_)))) => {}
                Ok(Some(Message::Chunk(None))) => {
                    self.part = Part::Before;
                    return Ok(bytes.len() - self.put_back());
                }
                Ok(None) => return Ok(bytes.len()),
                Ok(Some(Message::Item(_))) | Err(_) => return Err(End::Broken),
            }
        }
    }

    /// Takes bytes until a head is whole; the number of those taken.
    fn head(&mut self, bytes: &[u8], out: &mut BytesMut) -> Result<usize, End> {
        let before = self.head.len();
        bytes.iter().for_each(|byte| self.push(*byte));
        self.shown.extend_from_slice(&self.head[before..]);
        let decoded = self.codec.decode(&mut self.shown).map_err(|error| self.refusal(&error))?;
        if decoded.is_none() {
            return Ok(bytes.len());
        }
        // What came behind the head stands there as it came: only an address is ever rewritten.
        let behind = self.put_back();
        self.head.truncate(self.head.len() - behind);
        if self.head.len() >= MAX_HEAD {
            return Err(self.refusal(&ParseError::TooLarge));
        }
        out.extend_from_slice(&self.head);
        self.head.clear();
        self.part = if self.codec.message_type() == MessageType::None { Part::Before } else { Part::Body };
        Ok(bytes.len() - behind)
    }

    /// Adds a byte to the head. In an address, those that may only stand there percent-encoded are encoded, since
    /// people type them as they are; in a header they are legal, and are left alone.
    fn push(&mut self, byte: u8) {
        self.part = match (self.part, byte) {
            (Part::Before, b'\r' | b'\n') => Part::Before,
            (Part::Method | Part::Address, b'\n') => Part::Headers,
            (Part::Before, _) => Part::Method,
            (Part::Method, b' ') => Part::Address,
            (part, _) => part,
        };
        match byte {
            b'"' | b'<' | b'>' | b'`' | 0x7f.. if self.part == Part::Address => {
                self.head.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
            _ => self.head.extend_from_slice(&[byte]),
        }
    }

    /// How many bytes the decoder has left over. It is shown them again.
    fn put_back(&mut self) -> usize {
        let left = self.shown.len();
        self.shown.clear();
        left
    }

    /// Whether something of a head is there, and not all of it.
    pub fn is_under_way(&self) -> bool {
        !self.head.is_empty()
    }

    /// Whether a body is under way.
    pub fn is_in_body(&self) -> bool {
        self.part == Part::Body
    }

    /// What to say where nothing more comes; nothing, where nothing but empty lines was under way.
    pub fn unfinished(&self, code: Code) -> Option<Problem> {
        let begun = self.is_under_way() && self.part != Part::Before;
        begun.then(|| Problem::new(code, "The head of the request did not arrive as a whole."))
    }

    /// Whether the head that is under way asks for an answer without a body.
    pub fn is_head(&self) -> bool {
        self.head.trim_ascii_start().starts_with(b"HEAD ")
    }

    /// What is wrong with the head that is under way.
    fn refusal(&self, error: &ParseError) -> End {
        let line = self.head.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let words: Vec<&[u8]> = line.trim_ascii_end().split(|byte| *byte == b' ').collect();
        let long = words.get(1).is_some_and(|address| address.len() > MAX_ADDRESS);
        let (code, detail) = match error {
            _ if long => (Code::AddressTooLong, Code::AddressTooLong.entry().meaning),
            ParseError::TooLarge => (Code::HeadersTooLarge, Code::HeadersTooLarge.entry().meaning),
            ParseError::Version if words.len() == 3 && words[2].starts_with(b"HTTP/") => {
                (Code::HttpVersion, Code::HttpVersion.entry().meaning)
            }
            ParseError::Version => (
                Code::BadRequest,
                "The request cannot be read: it begins with a line like `GET /v1/locations?q=al+waer HTTP/1.1`, in which \
                 a space of the address is sent as `+` or `%20`.",
            ),
            ParseError::Method | ParseError::Uri(_) => {
                (Code::BadRequest, "The request cannot be read: its method or its address is malformed.")
            }
            _ => (
                Code::BadRequest,
                "The request cannot be read: a line like `GET /v1/locations HTTP/1.1` comes first, then headers like \
                 `Accept: text/csv`, among them one `Host`, and one `Content-Length` or `Transfer-Encoding: chunked` \
                 at the most.",
            ),
        };
        End::Refused(Problem::new(code, detail))
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
