//! Answers that are kept as they were sent, until the data change: in each encoding that somebody asked for, computed once however many ask.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use tokio::sync::OwnedMutexGuard;

use super::problem::Problem;
use super::reply::{self, Address};
use crate::app::State;
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::transfer::Format;

/// How many bytes all of them may take.
const ROOM: usize = 32 << 20;
/// The longest that is kept.
pub const LONGEST: usize = 4 << 20;
/// How many questions are remembered at the most.
const QUESTIONS: usize = 4_096;
/// Below this, compressing saves nothing that anybody would notice.
const SHORT: usize = 512;

/// An answer, encoded.
#[derive(Clone)]
pub struct Answer {
    /// The version of the data that it is of.
    pub version: i64,
    /// How its body is encoded, unless it is as it is.
    pub encoding: Option<ContentEncoding>,
    /// Its body.
    pub body: Bytes,
    /// Where the next page of a list begins, if there is one.
    pub next: Option<String>,
}

/// What was computed.
pub enum Computed<L> {
    /// An answer that can be kept.
    Short(Answer),
    /// One that is too long for that, and the version of the data that it is of.
    Long(i64, L),
}

/// What becomes of a question.
pub enum Answered<L> {
    /// It is answered.
    Whole(HttpResponse),
    /// It has a long answer, with this tag.
    Long(L, String),
}

/// Answers a question with what the caller has, what is kept, or what is computed now; whoever asks the same meanwhile waits for it. No answer
/// is older than the last write that was acknowledged before.
pub async fn answer<L>(
    state: &State,
    request: &HttpRequest,
    (viewer, format): (Viewer, Format),
    head: impl FnOnce(&str, &Answer) -> HttpResponseBuilder,
    compute: impl AsyncFnOnce(ContentEncoding) -> Result<Computed<L>, Error>,
) -> Result<Answered<L>, Problem> {
    let version = state.newest.version(&state.db).await?;
    state.db.saw(version);
    let (address, known) = (Address::of_request(request, viewer, format), reply::known(request));
    if reply::is_known(&known, &address.tag(version)) {
        return Ok(Answered::Whole(reply::not_modified(&address.tag(version))));
    }
    let encoding = wanted(request);
    let mut place = state.kept.place(address, encoding).await;
    let kept = place.as_ref().filter(|kept| kept.version >= version).cloned();
    let answer = match kept {
        Some(answer) => answer,
        None => match compute(encoding).await? {
            Computed::Short(answer) => {
                state.kept.keep(&mut place, answer.clone());
                answer
            }
            Computed::Long(version, long) => return Ok(Answered::Long(long, address.tag(version))),
        },
    };
    state.db.saw(answer.version);
    let tag = address.tag(answer.version);
    // `*` is any answer, and there is one.
    if known.iter().any(|one| one == "*") {
        return Ok(Answered::Whole(reply::not_modified(&tag)));
    }
    let mut response = head(&tag, &answer);
    // Said also where nothing is compressed: it has been thought about.
    response.insert_header((header::CONTENT_ENCODING, answer.encoding.unwrap_or(ContentEncoding::Identity)));
    Ok(Answered::Whole(response.body(answer.body)))
}

impl Answer {
    /// Encodes a body. This takes time, and is done where time may be taken.
    pub fn encoded(version: i64, encoding: ContentEncoding, body: Vec<u8>) -> Result<Self, Error> {
        let packed = match encoding {
            _ if body.len() < SHORT => None,
            ContentEncoding::Brotli => Some(brotli(&body)),
            ContentEncoding::Gzip => Some(gzip(&body)),
            _ => None,
        };
        let (encoding, body) = match packed.transpose() {
            Ok(Some(packed)) => (Some(encoding), packed),
            Ok(None) => (None, body),
            Err(error) => return Err(Error::Internal(format!("an answer cannot be encoded: {error}"))),
        };
        Ok(Self { version, encoding, body: body.into(), next: None })
    }
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    out.write_all(body)?;
    out.finish()
}

fn brotli(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = brotli::CompressorWriter::new(vec![], 1 << 15, 3, 22);
    out.write_all(body)?;
    out.flush()?;
    Ok(out.into_inner())
}

/// The encoding that the caller likes best, of those that answers are kept in.
pub fn wanted(request: &HttpRequest) -> ContentEncoding {
    let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    let liked = AcceptEncoding::parse(request).ok().filter(|accepted| !accepted.is_empty());
    match liked.and_then(|accepted| accepted.negotiate(offered.iter())) {
        Some(Encoding::Known(encoding)) => encoding,
        _ => ContentEncoding::Identity,
    }
}

/// Who asked what, in which encoding.
type Key = (Address, ContentEncoding);
/// The place of one answer. Whoever computes it holds it; who asks the same waits for it.
type Place = Arc<tokio::sync::Mutex<Option<Answer>>>;

/// The answers that are kept.
#[derive(Default)]
pub struct Kept(Mutex<Places>);

#[derive(Default)]
struct Places {
    all: HashMap<Key, Place>,
    /// About how many bytes are kept.
    bytes: usize,
}

impl Kept {
    /// The place of an answer, for whoever is next to look at it or to compute it.
    pub async fn place(&self, address: Address, encoding: ContentEncoding) -> OwnedMutexGuard<Option<Answer>> {
        let place = {
            let mut places = self.places();
            if places.all.len() >= QUESTIONS {
                places.clear();
            }
            places.all.entry((address, encoding)).or_default().clone()
        };
        place.lock_owned().await
    }

    /// Keeps an answer in its place.
    pub fn keep(&self, place: &mut Option<Answer>, answer: Answer) {
        let mut places = self.places();
        let before = place.as_ref().map_or(0, |before| before.body.len());
        places.bytes = places.bytes.saturating_sub(before) + answer.body.len();
        if places.bytes > ROOM {
            places.clear();
        }
        *place = Some(answer);
    }

    fn places(&self) -> std::sync::MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// Forgets everything: what is asked for often is soon there again. Whoever has a place at the moment keeps it for this once.
    fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn bodies_come_back_as_they_were() {
        let text = "a row, and another row\n".repeat(1000).into_bytes();
        let kept = |encoding| Answer::encoded(1, encoding, text.clone()).unwrap();
        let gzip = kept(ContentEncoding::Gzip);
        let mut back = vec![];
        flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut back).unwrap();
        assert_eq!((gzip.encoding, back), (Some(ContentEncoding::Gzip), text.clone()));
        let brotli = kept(ContentEncoding::Brotli);
        let mut back = vec![];
        brotli::Decompressor::new(&brotli.body[..], 4096).read_to_end(&mut back).unwrap();
        assert_eq!((brotli.encoding, back), (Some(ContentEncoding::Brotli), text.clone()));
        assert_eq!(kept(ContentEncoding::Identity).body, text);
        assert_eq!(Answer::encoded(1, ContentEncoding::Gzip, b"short".to_vec()).unwrap().encoding, None);
    }

    #[test]
    fn the_encoding_is_the_callers() {
        let of =
            |accept: &str| wanted(&TestRequest::default().insert_header(("Accept-Encoding", accept)).to_http_request());
        assert_eq!(of("gzip, deflate, br"), ContentEncoding::Brotli);
        assert_eq!(of("gzip;q=1, br;q=0.5"), ContentEncoding::Gzip);
        assert_eq!(of("deflate"), ContentEncoding::Identity);
        assert_eq!(of("gzip;q=0"), ContentEncoding::Identity);
        assert_eq!(wanted(&TestRequest::default().to_http_request()), ContentEncoding::Identity);
    }

    #[actix_web::test]
    async fn what_is_kept_has_an_end() {
        let kept = Kept::default();
        let address = |n: u8| Address::of(&[n]);
        let answer = |n| Answer { version: n, encoding: None, body: Bytes::from(vec![0; LONGEST]), next: None };
        for n in 0..20_u8 {
            let mut place = kept.place(address(n), ContentEncoding::Identity).await;
            kept.keep(&mut place, answer(n.into()));
        }
        assert!(kept.places().bytes <= ROOM);
        let last = kept.place(address(19), ContentEncoding::Identity).await;
        assert_eq!(last.as_ref().map(|answer| answer.version), Some(19));
        for n in 0..=QUESTIONS {
            kept.place(Address::of(&n.to_be_bytes()), ContentEncoding::Identity).await;
        }
        assert!(kept.places().all.len() <= QUESTIONS);
    }
}
