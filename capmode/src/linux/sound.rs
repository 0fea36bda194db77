//! ALSA, loaded when it is needed: eleven functions of `libasound.so.2`.

use crate::sound::SoundError;
use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::io;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

const LIBRARY: &CStr = c"libasound.so.2";

/// How much sound a device holds, in microseconds: short enough to be silent soon,
/// long enough for a machine that is busy.
const BUFFER_MICROS: u32 = 100_000;

/// Rates that are tried when a device does not have the one that is wanted.
const COMMON_RATES: [u32; 2] = [48_000, 44_100];

/// `SND_PCM_STREAM_PLAYBACK`.
const PLAYBACK: c_int = 0;
/// `SND_PCM_ACCESS_RW_INTERLEAVED`.
const INTERLEAVED: c_int = 3;
/// `SND_PCM_FORMAT_S16_LE`; both systems we run on are little endian.
const S16: c_int = 2;
/// `SND_PCM_FORMAT_S32_LE`.
const S32: c_int = 10;

type Pcm = c_void;

// The types of `alsa/pcm.h` of version 1, which are kept.
type Open = unsafe extern "C" fn(*mut *mut Pcm, *const c_char, c_int, c_int) -> c_int;
type SetParams =
    unsafe extern "C" fn(*mut Pcm, c_int, c_int, c_uint, c_uint, c_int, c_uint) -> c_int;
type Write = unsafe extern "C" fn(*mut Pcm, *const c_void, c_ulong) -> c_long;
type Recover = unsafe extern "C" fn(*mut Pcm, c_int, c_int) -> c_int;
type Delay = unsafe extern "C" fn(*mut Pcm, *mut c_long) -> c_int;
type Act = unsafe extern "C" fn(*mut Pcm) -> c_int;
type Words = unsafe extern "C" fn(c_int) -> *const c_char;
/// `snd_lib_error_handler_t` (`alsa/error.h`): file, line, function, error, format, and
/// what the format names.
type Report = unsafe extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char, ...);
type SetReport = unsafe extern "C" fn(Option<Report>) -> c_int;

/// Lets `snd_lib_error_set_handler`, which is at this address, report nothing.
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
))]
fn quieten(set: NonNull<c_void>) {
    // SAFETY: the symbol is a function of this type (alsa/error.h), as in `load`.
    let set = unsafe { std::mem::transmute::<*mut c_void, SetReport>(set.as_ptr()) };
    type Quiet = extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char);
    // SAFETY: the two types differ in what may follow the five that are named, which
    // `quiet` does not take. On these processors Linux passes the named ones to a
    // function with variable arguments as to any other, and the caller takes all of
    // them back itself.
    let report = unsafe { std::mem::transmute::<Quiet, Report>(quiet) };
    // SAFETY: it stores the address of a function that lives for ever; no other thread
    // uses the library before `load` has returned.
    unsafe { set(Some(report)) };
}

/// Elsewhere the library reports as it likes.
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
fn quieten(_: NonNull<c_void>) {}

/// Reports nothing: the library writes its reasons to standard error, in words that
/// are for who maintains its files; the user is told by what the functions return.
extern "C" fn quiet(_: *const c_char, _: c_int, _: *const c_char, _: c_int, _: *const c_char) {}

/// The functions.
struct Alsa {
    open: Open,
    set_params: SetParams,
    writei: Write,
    recover: Recover,
    delay: Delay,
    drop: Act,
    prepare: Act,
    drain: Act,
    close: Act,
    strerror: Words,
}

/// The library, once it was needed; it stays loaded.
fn alsa() -> Option<&'static Alsa> {
    static LOADED: OnceLock<Option<Alsa>> = OnceLock::new();
    LOADED.get_or_init(load).as_ref()
}

fn load() -> Option<Alsa> {
    // SAFETY: the name is a string with an end; the library's initialisers are
    // those of the system's own sound library, as a linked program would run them.
    let library = unsafe { libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    let library = NonNull::new(library)?;
    let find = |name: &CStr| {
        // SAFETY: the handle is of a library that is open and never closed, the name
        // is a string with an end.
        NonNull::new(unsafe { libc::dlsym(library.as_ptr(), name.as_ptr()) })
    };
    macro_rules! function {
        ($name:literal, $type:ty) => {{
            let address = find($name)?.as_ptr();
            // SAFETY: the symbol is a function of this type: that of
            // its declaration in alsa/pcm.h and alsa/error.h, which the library's
            // version (the 2 in its name) promises to keep.
            unsafe { std::mem::transmute::<*mut c_void, $type>(address) }
        }};
    }
    // A library without it reports as it likes.
    if let Some(set) = find(c"snd_lib_error_set_handler") {
        quieten(set);
    }
    Some(Alsa {
        open: function!(c"snd_pcm_open", Open),
        set_params: function!(c"snd_pcm_set_params", SetParams),
        writei: function!(c"snd_pcm_writei", Write),
        recover: function!(c"snd_pcm_recover", Recover),
        delay: function!(c"snd_pcm_delay", Delay),
        drop: function!(c"snd_pcm_drop", Act),
        prepare: function!(c"snd_pcm_prepare", Act),
        drain: function!(c"snd_pcm_drain", Act),
        close: function!(c"snd_pcm_close", Act),
        strerror: function!(c"snd_strerror", Words),
    })
}

impl Alsa {
    fn words(&self, error: c_int) -> String {
        // SAFETY: it takes any number and gives a string that lives for ever.
        let words = unsafe { (self.strerror)(error) };
        if words.is_null() {
            return format!("error {error}");
        }
        // SAFETY: not null, and a string with an end, of the library's own table or
        // of strerror(3), which this thread does not call again before it is copied.
        let words = unsafe { CStr::from_ptr(words) };
        words.to_string_lossy().into_owned()
    }
}

/// An open PCM.
pub(crate) struct Device {
    alsa: &'static Alsa,
    pcm: NonNull<Pcm>,
    rate: u32,
    channels: u8,
    short: bool,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (rate, channels) = (self.rate, self.channels);
        write!(f, "Device({rate} Hz, {channels} channels)")
    }
}

impl Device {
    pub(crate) fn open(name: Option<&str>, rate: u32, channels: u8) -> Result<Self, SoundError> {
        let alsa = alsa().ok_or(SoundError::NoLibrary("libasound.so.2"))?;
        let name = CString::new(name.unwrap_or("default"))
            .map_err(|_| SoundError::Device("its name has a zero in it".to_owned()))?;
        let mut device = Self {
            pcm: open(alsa, &name).map_err(|error| SoundError::Device(alsa.words(error)))?,
            alsa,
            rate,
            channels,
            short: false,
        };
        // Exactly as wanted; else at a rate that every device has; else as ALSA makes it fit.
        let others = COMMON_RATES.into_iter().filter(|other| *other != rate);
        let tries = std::iter::once((rate, 0))
            .chain(others.map(|other| (other, 0)))
            .chain([(rate, 1)]);
        let mut last = 0;
        for (rate, resample) in tries {
            for (format, short) in [(S32, false), (S16, true)] {
                last = device.set(format, rate, resample);
                if last >= 0 {
                    (device.rate, device.short) = (rate, short);
                    return Ok(device);
                }
            }
        }
        Err(SoundError::Device(alsa.words(last)))
    }

    fn set(&self, format: c_int, rate: u32, resample: c_int) -> c_int {
        let (pcm, channels) = (self.pcm.as_ptr(), self.channels.into());
        // SAFETY: the PCM is open, and everything else is a number.
        unsafe {
            (self.alsa.set_params)(
                pcm,
                format,
                INTERLEAVED,
                channels,
                rate,
                resample,
                BUFFER_MICROS,
            )
        }
    }

    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    pub(crate) fn write(&mut self, samples: &[i32]) -> io::Result<()> {
        if self.short {
            // The upper half of each.
            let short: Vec<i16> = samples.iter().map(|s| (s >> 16) as i16).collect();
            return self.write_frames(&short);
        }
        self.write_frames(samples)
    }

    fn write_frames<S>(&mut self, samples: &[S]) -> io::Result<()> {
        let channels = usize::from(self.channels).max(1);
        let mut rest = samples;
        while rest.len() >= channels {
            let frames = (rest.len() / channels) as c_ulong;
            // SAFETY: `rest` holds that many frames of the format that was set, and
            // is not changed while it is read.
            let written =
                unsafe { (self.alsa.writei)(self.pcm.as_ptr(), rest.as_ptr().cast(), frames) };
            match usize::try_from(written) {
                Ok(written) => rest = rest.get(written * channels..).unwrap_or_default(),
                Err(_) => self.recover(written as c_int)?,
            }
        }
        Ok(())
    }

    /// After it has run dry or the machine has slept.
    fn recover(&mut self, error: c_int) -> io::Result<()> {
        // SAFETY: the PCM is open; 1 asks it to print nothing.
        let recovered = unsafe { (self.alsa.recover)(self.pcm.as_ptr(), error, 1) };
        match recovered {
            0.. => Ok(()),
            error => Err(io::Error::other(self.alsa.words(error))),
        }
    }

    pub(crate) fn delay(&mut self) -> u32 {
        let mut frames: c_long = 0;
        // SAFETY: the PCM is open, and the number lives until the call returns.
        let known = unsafe { (self.alsa.delay)(self.pcm.as_ptr(), &raw mut frames) };
        match known {
            0.. => u32::try_from(frames).unwrap_or(0),
            _ => 0,
        }
    }

    pub(crate) fn stop(&mut self) {
        // SAFETY: the PCM is open.
        unsafe { (self.alsa.drop)(self.pcm.as_ptr()) };
        // SAFETY: the PCM is open.
        unsafe { (self.alsa.prepare)(self.pcm.as_ptr()) };
    }

    pub(crate) fn drain(&mut self) {
        // SAFETY: the PCM is open.
        unsafe { (self.alsa.drain)(self.pcm.as_ptr()) };
        // SAFETY: the PCM is open.
        unsafe { (self.alsa.prepare)(self.pcm.as_ptr()) };
    }
}

fn open(alsa: &Alsa, name: &CStr) -> Result<NonNull<Pcm>, c_int> {
    let mut pcm: *mut Pcm = ptr::null_mut();
    // SAFETY: the place for the handle and the name live until the call returns.
    let error = unsafe { (alsa.open)(&raw mut pcm, name.as_ptr(), PLAYBACK, 0) };
    match (error, NonNull::new(pcm)) {
        (0.., Some(pcm)) => Ok(pcm),
        (error, _) => Err(error.min(-1)),
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: the PCM is open, and nothing uses it afterwards.
        unsafe { (self.alsa.close)(self.pcm.as_ptr()) };
    }
}
