//! MPRIS: what panels show of the sound, and what media keys do to it.

use super::{Order, PATIENCE, Status, Told, awake};
use crate::sound::{MAX_SPEED, MIN_SPEED};
use crossbeam_channel::{Receiver, unbounded};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use zbus::blocking::connection;
use zbus::blocking::object_server::InterfaceRef;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{block_on, interface};

const PATH: &str = "/org/mpris/MediaPlayer2";

/// The path that the interface keeps for "no track".
const NO_TRACK: &str = "/org/mpris/MediaPlayer2/TrackList/NoTrack";

/// Path of a track, before its number.
const TRACKS: &str = "/org/pellucid/track/";

/// Serves until the window is gone.
///
/// # Errors
///
/// When there is no session bus, or it has gone.
pub(super) fn serve(
    first: Told,
    news: &Receiver<Told>,
    ask: impl Fn(Order) + Send + Sync + 'static,
) -> zbus::Result<()> {
    let (say, playing) = unbounded();
    let awake = thread::Builder::new().name("awake".to_owned());
    // Where there is no thread the machine may fall asleep.
    let _ = awake.spawn(move || awake::keep(&playing));
    let _ = say.send(first.status == Status::Playing);
    let ask: Ask = Arc::new(ask);
    let told = Arc::new(Mutex::new(first));
    let player = Player {
        told: Arc::clone(&told),
        ask: Arc::clone(&ask),
    };
    let name = format!(
        "org.mpris.MediaPlayer2.pellucid.instance{}",
        std::process::id()
    );
    let connection = connection::Builder::session()?
        .method_timeout(PATIENCE)
        .serve_at(PATH, Root { ask })?
        .serve_at(PATH, player)?
        .name(name)?
        .build()?;
    let player = connection.object_server().interface(PATH)?;
    while let Ok(next) = news.recv() {
        let _ = say.send(next.status == Status::Playing);
        let before = {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *told, next.clone())
        };
        block_on(tell(&player, &before, &next))?;
    }
    Ok(())
}

/// Tells everybody what has changed.
async fn tell(player: &InterfaceRef<Player>, before: &Told, now: &Told) -> zbus::Result<()> {
    let to = player.signal_emitter();
    let player = player.get();
    if before.status != now.status {
        player.playback_status_changed(to).await?;
    }
    let named = |told: &Told| {
        (
            told.track,
            told.title.clone(),
            told.artist.clone(),
            told.album.clone(),
            told.length_us,
        )
    };
    if named(before) != named(now) {
        player.metadata_changed(to).await?;
    }
    if before.position.speed != now.position.speed {
        player.rate_changed(to).await?;
    }
    if before.volume != now.volume {
        player.volume_changed(to).await?;
    }
    if before.next != now.next {
        player.can_go_next_changed(to).await?;
    }
    if before.previous != now.previous {
        player.can_go_previous_changed(to).await?;
    }
    let place = now.position.now();
    if before.track == now.track && before.position.now().abs_diff(place) > super::JUMP_US {
        Player::seeked(to, place).await?;
    }
    Ok(())
}

type Ask = Arc<dyn Fn(Order) + Send + Sync>;

/// The program.
struct Root {
    ask: Ask,
}

#[interface(name = "org.mpris.MediaPlayer2")]
impl Root {
    fn raise(&self) {
        (self.ask)(Order::Raise);
    }

    fn quit(&self) {
        (self.ask)(Order::Quit);
    }

    #[zbus(property)]
    fn can_quit(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn can_raise(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn has_track_list(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn identity(&self) -> &str {
        "Pellucid"
    }

    #[zbus(property)]
    fn desktop_entry(&self) -> &str {
        "pellucid"
    }

    /// None: what is opened the user opens here.
    #[zbus(property)]
    fn supported_uri_schemes(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn supported_mime_types(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The sound.
struct Player {
    told: Arc<Mutex<Told>>,
    ask: Ask,
}

impl Player {
    fn with<T>(&self, read: impl FnOnce(&Told) -> T) -> T {
        read(&self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_open(&self) -> bool {
        self.with(|told| told.status != Status::Stopped)
    }
}

#[interface(name = "org.mpris.MediaPlayer2.Player")]
impl Player {
    fn play(&self) {
        (self.ask)(Order::Play);
    }

    fn pause(&self) {
        (self.ask)(Order::Pause);
    }

    fn play_pause(&self) {
        (self.ask)(Order::PlayPause);
    }

    fn stop(&self) {
        (self.ask)(Order::Stop);
    }

    fn next(&self) {
        (self.ask)(Order::Next);
    }

    fn previous(&self) {
        (self.ask)(Order::Previous);
    }

    fn seek(&self, offset: i64) {
        (self.ask)(Order::Seek(offset));
    }

    fn set_position(&self, track: ObjectPath<'_>, position: i64) {
        let number = track.as_str().strip_prefix(TRACKS);
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            (self.ask)(Order::SetPosition(number, position));
        }
    }

    /// Refused: what is opened the user opens here.
    fn open_uri(&self, _uri: &str) -> zbus::fdo::Result<()> {
        let words = "Pellucid opens what its user opens".to_owned();
        Err(zbus::fdo::Error::NotSupported(words))
    }

    #[zbus(signal)]
    async fn seeked(to: &SignalEmitter<'_>, position: i64) -> zbus::Result<()>;

    #[zbus(property)]
    fn playback_status(&self) -> &str {
        self.with(|told| match told.status {
            Status::Playing => "Playing",
            Status::Paused => "Paused",
            Status::Stopped => "Stopped",
        })
    }

    #[zbus(property)]
    fn metadata(&self) -> HashMap<String, OwnedValue> {
        self.with(metadata)
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn position(&self) -> i64 {
        self.with(|told| {
            let end = told.length_us.unwrap_or(i64::MAX);
            told.position.now().min(end)
        })
    }

    #[zbus(property)]
    fn rate(&self) -> f64 {
        self.with(|told| told.position.speed)
    }

    #[zbus(property)]
    fn set_rate(&self, rate: f64) {
        (self.ask)(Order::Speed(rate));
    }

    #[zbus(property)]
    fn minimum_rate(&self) -> f64 {
        MIN_SPEED.into()
    }

    #[zbus(property)]
    fn maximum_rate(&self) -> f64 {
        MAX_SPEED.into()
    }

    #[zbus(property)]
    fn volume(&self) -> f64 {
        self.with(|told| told.volume)
    }

    #[zbus(property)]
    fn set_volume(&self, volume: f64) {
        (self.ask)(Order::Volume(volume));
    }

    #[zbus(property)]
    fn can_go_next(&self) -> bool {
        self.with(|told| told.next)
    }

    #[zbus(property)]
    fn can_go_previous(&self) -> bool {
        self.with(|told| told.previous)
    }

    #[zbus(property)]
    fn can_play(&self) -> bool {
        self.is_open()
    }

    #[zbus(property)]
    fn can_pause(&self) -> bool {
        self.is_open()
    }

    #[zbus(property)]
    fn can_seek(&self) -> bool {
        self.is_open()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_control(&self) -> bool {
        true
    }
}

/// The sound as panels show it.
fn metadata(told: &Told) -> HashMap<String, OwnedValue> {
    let mut fields: Vec<(&str, Value<'static>)> = Vec::new();
    if told.status == Status::Stopped {
        let none = ObjectPath::from_static_str(NO_TRACK);
        fields.extend(none.map(|none| ("mpris:trackid", none.into())));
    } else {
        let path = format!("{TRACKS}{}", told.track);
        let path = OwnedObjectPath::try_from(path).map(OwnedObjectPath::into_inner);
        fields.extend(path.map(|path| ("mpris:trackid", path.into())));
        fields.push(("xesam:title", told.title.clone().into()));
        fields.extend(told.length_us.map(|us| ("mpris:length", us.into())));
        let artist = told.artist.clone();
        fields.extend(artist.map(|artist| ("xesam:artist", vec![artist].into())));
        let album = told.album.clone();
        fields.extend(album.map(|album| ("xesam:album", album.into())));
    }
    // No value here is a descriptor, which alone could fail to be taken.
    let owned = fields.into_iter().filter_map(|(name, value)| {
        let value = OwnedValue::try_from(value).ok()?;
        Some((name.to_owned(), value))
    });
    owned.collect()
}
