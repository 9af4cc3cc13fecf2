//! How much one caller may have, and all of them together: requests in a minute, statistics and files at once.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use ipnet::{IpNet, Ipv6Net};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::catalogue::Code;
use super::problem::Problem;
use crate::config::Config;
use crate::error::Error;

/// How many callers are told apart. Where there are more, and none has been quiet for a minute, new ones share one allowance.
const CALLERS: usize = 100_000;
/// How many files are sent at once: each holds a page or two of rows in memory for as long as its reader takes.
const FILES: usize = 64;
/// How many statistics of many rows are sent at once: each holds all of its rows in memory for as long as its reader takes.
const LARGE: usize = 8;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose requests are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Whoever holds the token of this name.
    Token(String),
    /// An address, or the network of one household (IPv6).
    Address(IpAddr),
    /// Everybody who could not be told apart any more.
    Others,
}

/// What the time is, as far as limits are concerned: it never goes back.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Watch {
    /// A watch that shows this.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time since the service began. The time of day would not do: it can be set back.
    pub fn running() -> Self {
        let began = Instant::now();
        Self::new(move || began.elapsed())
    }
}

impl Clock for Watch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

type Requests = RateLimiter<Who, HashMapStateStore<Who>, Watch, NoOpMiddleware<Duration>>;

/// Requests in a minute.
struct Rate {
    requests: Requests,
    watch: Watch,
    /// The second in which quiet callers were last forgotten.
    swept: AtomicU64,
}

impl Rate {
    fn new(per_minute: NonZeroU32, watch: Watch) -> Self {
        let requests = RateLimiter::new(Quota::per_minute(per_minute), HashMapStateStore::default(), watch.clone());
        Self { requests, watch, swept: AtomicU64::new(0) }
    }

    /// Counts a request; how long to wait, where there were too many.
    fn take(&self, who: Who) -> Result<(), Duration> {
        let now = self.watch.now();
        let mut full = self.requests.len() >= CALLERS;
        if full && self.swept.swap(now.as_secs(), Ordering::Relaxed) != now.as_secs() {
            self.requests.retain_recent();
            self.requests.shrink_to_fit();
            full = self.requests.len() >= CALLERS;
        }
        let who = if full { Who::Others } else { who };
        self.requests.check_key(&who).map_err(|until| until.wait_time_from(now))
    }
}

/// All limits of the service.
pub struct Limits {
    rate: Option<Rate>,
    proxies: Vec<IpNet>,
    statistics: Arc<Semaphore>,
    files: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl Limits {
    /// The limits that the settings ask for.
    pub fn new(config: &Config) -> Self {
        let proxies = config.trusted_proxies.clone();
        Self::of(config.rate_limit, proxies, config.database_connections, Watch::running())
    }

    /// Limits of requests in a minute (0 is none), and of statistics beside so many connections.
    pub fn of(per_minute: u32, proxies: Vec<IpNet>, connections: usize, watch: Watch) -> Self {
        Self {
            rate: NonZeroU32::new(per_minute).map(|per_minute| Rate::new(per_minute, watch)),
            proxies,
            // The other half is for those who want less.
            statistics: Arc::new(Semaphore::new(connections.div_ceil(2))),
            files: Arc::new(Semaphore::new(FILES)),
            large: Arc::new(Semaphore::new(LARGE)),
        }
    }

    /// No limit of requests.
    pub fn open(connections: usize) -> Self {
        Self::of(0, vec![], connections, Watch::running())
    }

    /// Counts a request, or refuses it.
    pub fn take(&self, who: impl FnOnce() -> Who) -> Result<(), Problem> {
        let Some(rate) = &self.rate else { return Ok(()) };
        rate.take(who()).map_err(|wait| {
            let seconds = wait.as_secs() + 1;
            let detail = format!("There were too many requests in the last minute: try again in {seconds} s.");
            Problem::new(Code::TooManyRequests, detail).with(header::RETRY_AFTER, &seconds.to_string())
        })
    }

    /// Where a request comes from.
    pub fn address(&self, request: &HttpRequest) -> Who {
        let Some(peer) = request.peer_addr() else { return Who::Others };
        Who::Address(network(self.client(peer.ip(), request.headers())))
    }

    /// The address behind trusted proxies: the last in the list that none of them has.
    ///
    /// Only `X-Forwarded-For` is read. A proxy that does not write `Forwarded` hands on what a client has put there.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |address: &IpAddr| self.proxies.iter().any(|proxy| proxy.contains(address));
        let lines: Vec<&str> = headers.get_all(header::X_FORWARDED_FOR).filter_map(|line| line.to_str().ok()).collect();
        let mut client = plain(peer);
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !trusted(&client) {
                break;
            }
            let Some(before) = hop_address(hop.trim()) else { break };
            client = plain(before);
        }
        client
    }

    /// The turn of a statistic, which holds a connection for as long as it takes.
    pub async fn statistic(&self) -> Result<OwnedSemaphorePermit, Error> {
        turn(&self.statistics, "too many statistics are being counted").await
    }

    /// The turn of an answer of many rows, until its last byte is sent.
    pub async fn large(&self) -> Result<OwnedSemaphorePermit, Error> {
        turn(&self.large, "too many large answers are being sent").await
    }

    /// The turn of a file, until its last byte is sent.
    pub async fn file(&self) -> Result<OwnedSemaphorePermit, Error> {
        turn(&self.files, "too many files are being sent").await
    }
}

async fn turn(turns: &Arc<Semaphore>, refusal: &str) -> Result<OwnedSemaphorePermit, Error> {
    match tokio::time::timeout(PATIENCE, turns.clone().acquire_owned()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(Error::Unavailable(refusal.to_owned())),
    }
}

/// An address of IPv4 in the clothes of IPv6, without them.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What counts as one address: of IPv6 the network that one household has.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => Ipv6Net::new_assert(six, 64).network().into(),
    }
}

/// An entry of `X-Forwarded-For`: an address, perhaps with a port.
fn hop_address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let socket = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    bracketed.unwrap_or(text).parse().ok().or_else(socket)
}

#[cfg(test)]
mod tests;
