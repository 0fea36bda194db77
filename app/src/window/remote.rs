//! The desktop and the sound that is played: media keys and panels ask over MPRIS
//! (version 2.2 of the interface of freedesktop.org), and the machine does not fall
//! asleep while it plays. Nobody is asked before something is played, and where there
//! is no session bus nothing is missed.
//!
//! | file | holds |
//! |---|---|
//! | `mpris` | what is served on the bus |
//! | `awake` | who is asked to keep the machine awake |

mod awake;
mod mpris;

use crossbeam_channel::{Receiver, Sender, unbounded};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Longest wait for an answer of the bus or of somebody on it.
const PATIENCE: Duration = Duration::from_secs(5);

/// A place that is so far from where it should be was jumped to, in microseconds: the
/// device holds a tenth of a second, and the window looks every half.
const JUMP_US: u64 = 1_000_000;

/// What the desktop asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Order {
    Play,
    Pause,
    PlayPause,
    Stop,
    Next,
    Previous,
    /// So many microseconds on, or back.
    Seek(i64),
    /// To so many microseconds of the sound of this number.
    SetPosition(u64, i64),
    /// From 0 to 1.
    Volume(f64),
    Speed(f64),
    Raise,
    Quit,
}

/// Whether something is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Playing,
    Paused,
    Stopped,
}

/// What the desktop is told of the sound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) status: Status,
    /// A number that no other sound has.
    pub(crate) track: u64,
    pub(crate) title: String,
    pub(crate) artist: Option<String>,
    pub(crate) album: Option<String>,
    pub(crate) length_us: Option<i64>,
    pub(crate) position: Moving,
    pub(crate) volume: f64,
    pub(crate) next: bool,
    pub(crate) previous: bool,
}

impl Told {
    /// Nothing is open that could be heard.
    pub(crate) fn nothing() -> Self {
        Self {
            status: Status::Stopped,
            track: 0,
            title: String::new(),
            artist: None,
            album: None,
            length_us: None,
            position: Moving::new(0, 0.0, 1.0),
            volume: 1.0,
            next: false,
            previous: false,
        }
    }

    /// Whether the desktop has to be told this after that.
    fn is_news_after(&self, before: &Self) -> bool {
        let placed = Self {
            position: before.position,
            ..self.clone()
        };
        placed != *before || self.position.is_jump_from(before.position)
    }
}

/// A place that moves on by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moving {
    us: i64,
    at: Instant,
    /// How fast it moves; 0 while it is paused.
    pace: f64,
    /// How fast it would.
    speed: f64,
}

impl Moving {
    pub(crate) fn new(us: i64, pace: f64, speed: f64) -> Self {
        let at = Instant::now();
        Self {
            us,
            at,
            pace,
            speed,
        }
    }

    /// Where it is now, in microseconds.
    fn now(self) -> i64 {
        let moved = self.at.elapsed().as_secs_f64() * self.pace * 1e6;
        self.us.saturating_add(moved as i64).max(0)
    }

    fn is_jump_from(self, before: Self) -> bool {
        let same = (self.pace, self.speed) == (before.pace, before.speed);
        !same || self.now().abs_diff(before.now()) > JUMP_US
    }
}

/// The window's end.
pub(crate) struct Remote {
    wake: Arc<dyn Fn() + Send + Sync>,
    /// Once something has been played.
    served: Option<Served>,
}

struct Served {
    tell: Sender<Told>,
    orders: Receiver<Order>,
    last: Told,
}

impl Remote {
    /// `wake` is called on other threads when there is an order.
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            wake: Arc::new(wake),
            served: None,
        }
    }

    /// What is asked for, once.
    pub(crate) fn orders(&self) -> Vec<Order> {
        let orders = self.served.iter().flat_map(|it| it.orders.try_iter());
        orders.collect()
    }

    /// Tells what is played, if that is news.
    pub(crate) fn tell(&mut self, told: Told) {
        match &mut self.served {
            Some(served) if told.is_news_after(&served.last) => {
                served.last = told.clone();
                // Where there is no bus nobody listens.
                let _ = served.tell.send(told);
            }
            Some(_) => {}
            None if told.status == Status::Playing => self.served = self.serve(told),
            None => {}
        }
    }

    fn serve(&self, first: Told) -> Option<Served> {
        let (tell, news) = unbounded();
        let (teller, orders) = unbounded();
        let wake = Arc::clone(&self.wake);
        let told = first.clone();
        let ask = move |order| {
            // Nobody listens any more when the window is gone.
            let _ = teller.send(order);
            wake();
        };
        let serve = move || {
            // Without a bus there is nobody to tell.
            let _ = mpris::serve(told, &news, ask);
        };
        let thread = thread::Builder::new().name("media-keys".to_owned());
        thread.spawn(serve).ok()?;
        Some(Served {
            tell,
            orders,
            last: first,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_told() {
        let told = |us, pace| Told {
            position: Moving::new(us, pace, 1.0),
            ..Told::nothing()
        };
        let before = told(5_000_000, 0.0);
        assert!(!told(5_200_000, 0.0).is_news_after(&before));
        assert!(told(7_000_000, 0.0).is_news_after(&before), "a jump");
        assert!(told(5_000_000, 1.0).is_news_after(&before), "it plays");
        let named = Told {
            title: "x".to_owned(),
            ..before.clone()
        };
        assert!(named.is_news_after(&before));
    }
}
