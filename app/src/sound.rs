//! Playing: from sessions with their renderers to the device.
//!
//! ```text
//!  Player ── orders ──▶ feeder thread ── pieces ──▶ Ring ──▶ output thread ──▶ device
//!    ▲                   drives the sessions,       2 s       mixes, stretches,
//!    └── State ◀──────── asks ahead                           resamples, waits for the device
//! ```
//!
//! The output never waits for a renderer: where the ring is empty it plays
//! silence. A renderer that is gone empties the ring and silences the device at
//! once. No sample is believed: [`crate::broker::Session::read_sound`] bounds
//! them, and the last step cuts at full scale.
//!
//! To play a file, open a session of its own for the player; tags, covers and the
//! waveform are asked of another one, so that neither waits for the other. Then:
//!
//! 1. [`Player::start`], once; `notify` is called from other threads whenever
//!    [`Player::state`] has changed or something was met: wake your event loop there.
//! 2. [`Player::play`] with a [`Track`]; [`Player::queue`] the next one early, and
//!    it follows without a gap. [`State::track`] tells which one is heard.
//! 3. [`Player::seek`], [`Player::set_paused`], … take effect at once.
//! 4. [`Player::take_met`] tells what was met that a listener should know.
//!
//! | file | holds |
//! |---|---|
//! | `player` | what can be ordered, and what is told |
//! | `feed` | the thread that drives the sessions |
//! | `notices` | what a listener should know, as it is met |
//! | `ring` | sound that waits to be played |
//! | `output` | the thread that plays it |
//! | `mix` | channels to those of the device |
//! | `loudness` | volume, ReplayGain and its guard |
//! | `stretch` | speed without a change of pitch |
//! | `resample` | from the sound's rate to the device's |

mod feed;
mod loudness;
mod mix;
mod notices;
mod output;
mod player;
mod resample;
mod ring;
mod stretch;

pub use loudness::GainMode;
pub use notices::Met;
pub use player::{Failure, Phase, Player, State, Track};
pub use stretch::{MAX_SPEED, MIN_SPEED};
