//! Over real connections, with an application that says what it heard: what is tested here needs no database.

mod bodies;
mod slow;

use std::net::SocketAddr;

use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpListener;
use actix_web::rt::{spawn, time::timeout};
use actix_web::web::{self, Payload};
use actix_web::{App, HttpRequest, HttpResponse};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use super::*;
use crate::http::middleware::{finish, refuse_unreadable};

const EASY: Patience = Patience {
    head: Duration::from_secs(20),
    idle: Duration::from_secs(20),
    body: Duration::from_secs(20),
    take: Duration::from_secs(20),
    close: Duration::from_secs(1),
};
/// Longer than anything should take.
const LONG: Duration = Duration::from_secs(10);
const HELLO: &[u8] = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

/// A service that runs until its test ends.
struct Served {
    address: SocketAddr,
    /// Lets `/late` read.
    open: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    /// Whether `/endless` has ended.
    gone: watch::Sender<bool>,
}

/// Says that it is gone.
struct Last(watch::Sender<bool>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

/// Says what was asked, and how much came with it.
async fn said(request: HttpRequest, mut body: Payload) -> Result<String, Problem> {
    let (mut length, mut sum) = (0_usize, 0_u64);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::BadRequest, "The body broke off."))?;
        length += chunk.len();
        sum += chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        if request.path() == "/slow" {
            sleep(Duration::from_millis(5)).await;
        }
    }
    Ok(format!("{} {} {length} {sum}", request.method(), request.uri()))
}

async fn serve(patience: Patience) -> Served {
    let (open, opened) = watch::channel(false);
    let (stop, stopped) = watch::channel(false);
    let late = move |request: HttpRequest, body: Payload| {
        let mut opened = opened.clone();
        async move {
            opened.wait_for(|open| *open).await.unwrap();
            said(request, body).await
        }
    };
    let (gone, _) = watch::channel(false);
    let ends = gone.clone();
    let endless = move || {
        let last = Last(ends.clone());
        let pieces = futures_util::stream::repeat_with(move || {
            let _last = &last;
            Ok::<_, io::Error>(web::Bytes::from_static(&[0; 1 << 16]))
        });
        std::future::ready(HttpResponse::Ok().streaming(pieces))
    };
    let app = App::new()
        .route("/endless", web::to(endless))
        .route("/late", web::to(late))
        .route("/unread", web::to(async || HttpResponse::Forbidden().finish()))
        .default_service(web::to(said))
        .wrap(from_fn(refuse_unreadable))
        .wrap(from_fn(finish));
    let stopping = move || {
        let mut stopped = stopped.clone();
        async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        }
    };
    let service = Rc::new(service(app, patience, stopping).new_service(()).await.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            spawn(service.call(tcp));
        }
    });
    Served { address, open, stop, gone }
}

/// A connection, as a client has it.
struct Line(TcpStream, Vec<u8>);

/// Status, head and body of an answer.
#[derive(Debug)]
struct Answer(u16, String, String);

impl Served {
    async fn call(&self) -> Line {
        Line(TcpStream::connect(self.address).await.unwrap(), vec![])
    }

    /// Sends bytes on a connection of their own, and insists that it is closed behind the answers.
    async fn answers(&self, bytes: &[u8]) -> Vec<Answer> {
        let mut line = self.call().await;
        line.send(bytes).await;
        line.all().await
    }
}

impl Line {
    async fn send(&mut self, bytes: &[u8]) {
        timeout(LONG, self.0.write_all(bytes)).await.expect("it is read").unwrap();
    }

    /// Reads more; whether there was more.
    async fn more(&mut self) -> bool {
        timeout(LONG, self.0.read_buf(&mut self.1)).await.expect("an answer, or the end").expect("no reset") > 0
    }

    /// The next answer, or nothing where the connection is closed.
    async fn answer(&mut self) -> Option<Answer> {
        let ends = |bytes: &[u8]| bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        let end = loop {
            match ends(&self.1) {
                Some(end) => break end,
                None if !self.more().await => {
                    assert_eq!(self.1, b"", "the end of an answer");
                    return None;
                }
                None => {}
            }
        };
        let head = String::from_utf8(self.1.drain(..end).collect()).unwrap().to_ascii_lowercase();
        let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let length = length.unwrap_or(0);
        while self.1.len() < length && self.more().await {}
        let body = String::from_utf8(self.1.drain(..length).collect()).unwrap();
        Some(Answer(status, head, body))
    }

    async fn all(&mut self) -> Vec<Answer> {
        let mut answers = vec![];
        while let Some(answer) = self.answer().await {
            answers.push(answer);
        }
        answers
    }
}

impl Answer {
    fn is(&self, body: &str) {
        assert_eq!((self.0, self.2.as_str()), (200, body), "{}", self.1);
    }

    /// Insists on a problem document, after which the connection is closed.
    fn is_last_problem(&self, status: u16, code: &str) {
        let problem: Value = serde_json::from_str(&self.2).unwrap();
        assert_eq!((self.0, problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert!(self.1.contains(&format!("x-request-id: {}\r\n", problem["request_id"].as_str().unwrap())), "{self:?}");
        for line in ["content-type: application/problem+json", "x-content-type-options: nosniff", "connection: close"] {
            assert!(self.1.contains(&format!("{line}\r\n")), "{line}: {self:?}");
        }
    }
}

#[actix_web::test]
async fn requests_on_one_connection_are_answered_in_turn_up_to_what_is_none() {
    let served = serve(EASY).await;
    let said = "POST /a?حمص HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /ب HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = served.answers(&[said.as_bytes(), HELLO, b"nonsense\r\n\r\n", HELLO].concat()).await;
    answers[0].is("POST /a?%D8%AD%D9%85%D8%B5 3 294");
    answers[1].is("GET /%D8%A8 0 0");
    answers[2].is("GET /hello 0 0");
    answers[3].is_last_problem(400, "bad_request");
    assert_eq!(answers.len(), 4);
    assert!(answers[..3].iter().all(|answer| !answer.1.contains("connection: close")));
}

#[actix_web::test]
async fn what_stands_in_for_the_refused_is_nothing_to_ask_for() {
    let served = serve(EASY).await;
    let mut line = served.call().await;
    line.send(b"GET * HTTP/1.1\r\nHost: x\r\n\r\n").await;
    line.answer().await.unwrap().is("GET * 0 0");
}

#[actix_web::test]
async fn a_head_request_is_refused_without_a_body() {
    let served = serve(EASY).await;
    let mut line = served.call().await;
    line.send(b"HEAD /hello HTTP/1.1\r\n\r\n").await;
    while line.more().await {}
    assert!(line.1.starts_with(b"HTTP/1.1 400") && line.1.ends_with(b"\r\n\r\n"));
}

#[actix_web::test]
async fn whoever_is_refused_can_read_the_answer_while_still_sending() {
    let served = serve(EASY).await;
    let head = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 10 << 20]].concat();
    let answers = served.answers(&head).await;
    answers[0].is_last_problem(431, "headers_too_large");
    assert_eq!(answers.len(), 1);
}

#[actix_web::test]
async fn a_head_must_come_in_time_whether_first_or_not() {
    let served = serve(Patience { head: Duration::from_millis(300), ..EASY }).await;
    let answers = served.answers(b"GET /hello HT").await;
    answers[0].is_last_problem(408, "request_timeout");
    let answers = served.answers(&[HELLO, b"GET /hello HT"].concat()).await;
    answers[0].is("GET /hello 0 0");
    answers[1].is_last_problem(408, "request_timeout");
    // Whoever sends a byte from time to time is late, too.
    let mut line = served.call().await;
    let (mut reader, mut writer) = line.0.split();
    let dripping = async {
        loop {
            let _ = writer.write_all(b"x").await;
            sleep(Duration::from_millis(50)).await;
        }
    };
    let mut bytes = vec![];
    tokio::select! {
        () = dripping => {}
        read = timeout(LONG, reader.read_to_end(&mut bytes)) => { read.unwrap().unwrap(); }
    }
    assert!(bytes.starts_with(b"HTTP/1.1 408"));
}

#[actix_web::test]
async fn whoever_says_nothing_is_told_nothing() {
    let served = serve(Patience { head: Duration::from_millis(300), ..EASY }).await;
    for silence in ["", "\r\n"] {
        assert!(served.answers(silence.as_bytes()).await.is_empty());
    }
    let mut line = served.call().await;
    line.send(HELLO).await;
    line.answer().await.unwrap().is("GET /hello 0 0");
    sleep(Duration::from_millis(600)).await;
    line.send(HELLO).await;
    line.answer().await.unwrap().is("GET /hello 0 0");
}

#[actix_web::test]
async fn an_idle_connection_is_closed_but_not_in_the_middle_of_a_head() {
    let served = serve(Patience { idle: Duration::from_secs(1), ..EASY }).await;
    let mut line = served.call().await;
    line.send(HELLO).await;
    line.answer().await.unwrap().is("GET /hello 0 0");
    line.send(&HELLO[..10]).await;
    sleep(Duration::from_millis(1_800)).await;
    line.send(&HELLO[10..]).await;
    line.answer().await.unwrap().is("GET /hello 0 0");
    assert!(line.answer().await.is_none());
}

#[actix_web::test]
async fn a_head_that_breaks_off_is_answered() {
    let served = serve(EASY).await;
    let mut line = served.call().await;
    line.send(&HELLO[..10]).await;
    line.0.shutdown().await.unwrap();
    line.all().await[0].is_last_problem(400, "bad_request");
    let mut line = served.call().await;
    line.send(HELLO).await;
    line.0.shutdown().await.unwrap();
    line.all().await[0].is("GET /hello 0 0");
}

#[actix_web::test]
async fn to_stop_is_to_finish_what_is_under_way() {
    let served = serve(EASY).await;
    let mut idle = served.call().await;
    idle.send(HELLO).await;
    idle.answer().await.unwrap().is("GET /hello 0 0");
    let mut busy = served.call().await;
    busy.send(b"POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na").await;
    sleep(Duration::from_millis(100)).await;
    served.stop.send_replace(true);
    assert!(idle.answer().await.is_none());
    served.open.send_replace(true);
    busy.send(b"bc").await;
    busy.answer().await.unwrap().is("POST /late 3 294");
    assert!(busy.answer().await.is_none());
}
