//! The connection below the framework.
//!
//! What the framework cannot read as a request it answers itself, with a bare status, and nobody can take part in that.
//! So it never gets to see such bytes: each connection is a `Wire`, which reads every head first. In the place of one
//! that is none, the framework gets a request of ours, and [`Refused`] tells the middleware what to answer to it. It is
//! answered like every other, in its turn, with an id and a line in the log, and nothing behind it is read.

mod requests;

use std::cell::OnceCell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use actix_codec::{AsyncRead, AsyncWrite, ReadBuf};
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request, ServiceConfig};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Service, ServiceRequest, ServiceResponse};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Sleep, sleep};
use bytes::BytesMut;

use self::requests::{End, Requests};
use super::catalogue::Code;
use super::problem::Problem;

/// How long whoever was refused may take to read the answer.
const FAREWELL: Duration = Duration::from_secs(2);
/// What counts as some more of a body, in bytes: less is a trickle.
const LEAST: usize = 16 << 10;
/// The address of the request that stands in the place of what is none. Whoever sends it finds nothing there.
const STAND_IN: &str = "*";

/// How long clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To send the head of a request.
    pub head: Duration,
    /// To send the next request on a connection.
    pub idle: Duration,
    /// To send some more of a body (16 KB). Whoever reads one has less patience, and says so; this is for those which nobody reads.
    pub body: Duration,
    /// To take something of an answer: whoever takes nothing at all for so long is gone, or means harm.
    pub take: Duration,
    /// To take an answer, before a connection is closed.
    pub close: Duration,
}

/// Serves an application on connections, until `stopping` says that no further requests are taken.
pub fn service<A, S, B, F>(
    app: A,
    patience: Patience,
    stopping: impl Fn() -> F + 'static,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
    F: Future<Output = ()> + 'static,
{
    let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
    let http = HttpService::build()
        .graceful_shutdown_signal(stopping)
        .keep_alive(patience.idle)
        // The wire waits for heads itself, and not only for the first.
        .client_request_timeout(Duration::ZERO)
        .client_disconnect_timeout(patience.close)
        .on_connect_ext(|wire: &Wire, data| {
            data.insert(wire.refused.clone());
        })
        .finish(map_config(app, |()| AppConfig::default()));
    let decoding = ServiceConfig::default();
    fn_service(move |tcp: TcpStream| {
        let peer = tcp.peer_addr().ok();
        let wire = Wire::new(tcp, decoding.clone(), patience);
        async move { Ok::<_, DispatchError>((wire, Protocol::Http1, peer)) }
    })
    .and_then(http)
}

/// Why a connection is read no further: known to the connection, and to the request that stands for what was refused.
#[derive(Clone, Default)]
pub struct Refused(Rc<OnceCell<Problem>>);

impl Refused {
    /// What to answer, if this request stands for what was refused.
    pub fn of(request: &ServiceRequest) -> Option<Problem> {
        let refused = request.conn_data::<Self>().filter(|_| request.path() == STAND_IN)?;
        refused.0.get().cloned()
    }
}

/// A connection of which the framework reads only requests.
struct Wire {
    tcp: TcpStream,
    requests: Requests,
    /// What the framework gets next.
    ready: BytesMut,
    refused: Refused,
    patience: Patience,
    /// How much of a body has come since the deadline was set; nothing where none is under way.
    came: Option<usize>,
    /// Until when the head that is under way, or the first, must have come; or some more of a body.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether nothing more is read.
    ended: bool,
    /// Whether the last request waits for its answer to begin.
    owed: bool,
    /// Whom to wake when it does.
    waiting: Option<Waker>,
    /// Until when whoever is answered must have taken something more.
    taken: Option<Pin<Box<Sleep>>>,
    farewell: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    fn new(tcp: TcpStream, config: ServiceConfig, patience: Patience) -> Self {
        Self {
            tcp,
            requests: Requests::new(config),
            ready: BytesMut::new(),
            refused: Refused::default(),
            patience,
            came: None,
            deadline: Some(Box::pin(sleep(patience.head))),
            ended: false,
            owed: false,
            waiting: None,
            taken: None,
            farewell: None,
        }
    }

    /// Understands what came; the number of bytes at the beginning that are body, and stay where they are.
    fn understand(&mut self, came: &[u8]) -> usize {
        let mut body = 0;
        let read = self.requests.body(came).and_then(|taken| {
            body = taken;
            self.requests.read(&came[taken..], &mut self.ready)
        });
        self.owed |= !self.ready.is_empty();
        match read {
            Err(End::Refused(problem)) => self.refuse(problem),
            Err(End::Broken) => (self.ended, self.owed) = (true, false),
            Ok(()) if self.requests.is_in_body() => self.await_body(came.len()),
            Ok(()) if !self.requests.is_under_way() => (self.deadline, self.came) = (None, None),
            Ok(()) if self.deadline.is_none() || self.came.is_some() => {
                self.came = None;
                self.deadline = Some(Box::pin(sleep(self.patience.head)));
                // The framework closes idle connections, and sees nothing of a head before it is whole. An empty line,
                // which may stand before a head, tells it that one is coming.
                self.ready.extend_from_slice(b"\r\n");
            }
            Ok(()) => {}
        }
        body
    }

    /// Waits for more of a body than has just come.
    fn await_body(&mut self, came: usize) {
        let so_far = self.came.map(|before| before + came);
        if so_far.is_none_or(|so_far| so_far >= LEAST) {
            self.deadline = Some(Box::pin(sleep(self.patience.body)));
        }
        self.came = Some(so_far.filter(|so_far| *so_far < LEAST).unwrap_or(0));
    }

    /// Ends the reading where nothing more comes, or not in time. A head that is under way gets an answer.
    fn end(&mut self, code: Code) {
        match self.requests.unfinished(code) {
            Some(problem) => self.refuse(problem),
            // Half a body is no body: whoever reads it need not wait for more.
            None if self.requests.is_in_body() => (self.ended, self.owed) = (true, false),
            None => self.ended = true,
        }
    }

    /// Ends the reading with an answer.
    fn refuse(&mut self, problem: Problem) {
        let method = if self.requests.is_head() { "HEAD" } else { "GET" };
        let request = format!("{method} {STAND_IN} HTTP/1.1\r\nHost: -\r\n\r\n");
        self.ready.extend_from_slice(request.as_bytes());
        // Nothing else can stand there: nothing is read after this.
        let _ = self.refused.0.set(problem);
        self.ended = true;
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        loop {
            if !wire.ready.is_empty() {
                let many = wire.ready.len().min(buffer.remaining());
                buffer.put_slice(&wire.ready.split_to(many));
                return Poll::Ready(Ok(()));
            }
            if wire.ended {
                // As soon as the framework learns of the end it drops what nobody has read of a body yet. So it learns of
                // it when the answer begins; and not at all behind a refusal, whose answer closes the connection.
                if wire.owed || wire.refused.0.get().is_some() {
                    wire.waiting = Some(context.waker().clone());
                    return Poll::Pending;
                }
                return Poll::Ready(Ok(()));
            }
            let before = buffer.filled().len();
            let polled = Pin::new(&mut wire.tcp).poll_read(context, buffer)?;
            if polled.is_pending() {
                let late = wire.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(context).is_ready());
                if !late {
                    return Poll::Pending;
                }
                wire.end(Code::RequestTimeout);
                continue;
            }
            let came = &buffer.filled()[before..];
            if came.is_empty() {
                wire.end(Code::BadRequest);
                continue;
            }
            let body = wire.understand(came);
            buffer.set_filled(before + body);
            if body > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if std::mem::take(&mut self.owed)
            && let Some(waker) = self.waiting.take()
        {
            waker.wake();
        }
        let polled = Pin::new(&mut self.tcp).poll_write(context, bytes);
        if polled.is_ready() {
            self.taken = None;
            return polled;
        }
        let patience = self.patience.take;
        let taken = self.taken.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(taken.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(Pin::new(&mut wire.tcp).poll_shutdown(context))?;
        if !wire.ended {
            return Poll::Ready(Ok(()));
        }
        // Whoever was refused may still be sending. To close on them now would take the answer away unread.
        let farewell = wire.farewell.get_or_insert_with(|| Box::pin(sleep(FAREWELL)));
        let mut bytes = [0; 4096];
        while farewell.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut wire.tcp).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
