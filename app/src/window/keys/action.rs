//! Everything that can be done by a key, from the palette or from a menu.

/// What the user wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Open,
    CloseTab,
    Quit,
    ReopenTab,
    NextTab,
    PreviousTab,
    Palette,
    Help,
    FullScreen,
    SidePanel,
    Information,
    Security,
    Menu,
    CopySelection,
    Copy,
    SaveCopy,
    Print,
    Find,
    FindNext,
    FindPrevious,
    SelectAll,
    SetMark,
    GoToMark,
    AddBookmark,
    Bookmarks,
    Outline,
    Hints,
    ZoomIn,
    ZoomOut,
    FitPage,
    FitWidth,
    FitContent,
    ActualSize,
    RotateRight,
    RotateLeft,
    Present,
    BlackScreen,
    WhiteScreen,
    Reload,
    Back,
    Forward,
    ScrollDown,
    ScrollUp,
    ScrollLeft,
    ScrollRight,
    HalfDown,
    HalfUp,
    ScreenDown,
    ScreenUp,
    NextPage,
    PreviousPage,
    FirstPage,
    LastPage,
    GoToPage,
    Continuous,
    Dual,
    RightToLeft,
    Smoothing,
    Theme,
    Contrast,
    LargerInterface,
    SmallerInterface,
    NormalInterface,
    NextPane,
    PreviousPane,
    NextImage,
    PreviousImage,
    FirstImage,
    LastImage,
    Trash,
    Undo,
    Delete,
    Rename,
    Strip,
    Grid,
    Inspect,
    KeepView,
    Compare,
    CompareInPlace,
    Exchange,
    MirrorAcross,
    MirrorDown,
    Slides,
    Shuffle,
    LongerSlides,
    ShorterSlides,
    PlayPause,
    NextFrame,
    PreviousFrame,
    PlaySound,
    SoundBack,
    SoundForward,
    SoundBackSecond,
    SoundForwardSecond,
    SoundBackMinute,
    SoundForwardMinute,
    SoundStart,
    SoundPart,
    Louder,
    Softer,
    Mute,
    Slower,
    Faster,
    NormalSpeed,
    NextSound,
    PreviousSound,
    NextChapter,
    PreviousChapter,
    Repeat,
    Loudness,
    Tab,
    DarkPages,
    NextTone,
    PageColors,
    Escape,
}

/// An action with its name in `keys.toml`, in words, and its keys.
pub(crate) struct Described {
    pub(crate) action: Action,
    /// Name in `keys.toml`.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) words: &'static str,
    /// Keys of the default map, separated by spaces; "g>g" is one after the other.
    pub(crate) keys: &'static str,
    /// Keys of the vi preset, where they differ.
    pub(crate) vi: Option<&'static str>,
    /// Where its keys mean this.
    pub(crate) place: Place,
}

/// Where keys mean something; before they mean what they do anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Anywhere,
    /// In a presentation.
    Presentation,
    /// In a picture of one page.
    Picture,
    /// In a sound.
    Sound,
}

const fn row(
    action: Action,
    name: &'static str,
    words: &'static str,
    keys: &'static str,
    vi: Option<&'static str>,
) -> Described {
    Described {
        action,
        name,
        words,
        keys,
        vi,
        place: Place::Anywhere,
    }
}

/// A row for presentations.
const fn slides(
    action: Action,
    name: &'static str,
    words: &'static str,
    keys: &'static str,
) -> Described {
    Described {
        place: Place::Presentation,
        ..row(action, name, words, keys, None)
    }
}

/// A row for pictures.
const fn picture(
    action: Action,
    name: &'static str,
    words: &'static str,
    keys: &'static str,
) -> Described {
    Described {
        place: Place::Picture,
        ..row(action, name, words, keys, None)
    }
}

/// A row for sounds.
const fn sound(
    action: Action,
    name: &'static str,
    words: &'static str,
    keys: &'static str,
) -> Described {
    Described {
        place: Place::Sound,
        ..row(action, name, words, keys, None)
    }
}

/// The whole table; help, palette and both presets are made of it.
#[rustfmt::skip]
pub(crate) const ACTIONS: &[Described] = &[
    row(Action::Open, "open", "Open a file", "ctrl+o o", Some("o")),
    row(Action::CloseTab, "close-tab", "Close this tab", "ctrl+w q", None),
    row(Action::Quit, "quit", "Quit", "ctrl+q", None),
    row(Action::ReopenTab, "reopen-tab", "Reopen the tab closed last", "ctrl+shift+t", None),
    row(Action::NextTab, "next-tab", "Next tab", "ctrl+tab ctrl+pagedown", Some("ctrl+tab ctrl+pagedown g>t")),
    row(Action::PreviousTab, "previous-tab", "Previous tab", "ctrl+shift+tab ctrl+pageup", Some("ctrl+shift+tab ctrl+pageup g>shift+t")),
    row(Action::Palette, "palette", "Do something by its name", "ctrl+k :", None),
    row(Action::Help, "help", "Show the keys", "f1 ?", Some("f1")),
    row(Action::FullScreen, "full-screen", "Full screen", "f11 f", Some("f11")),
    row(Action::SidePanel, "side-panel", "Side panel", "f9", Some("f9 tab")),
    row(Action::Information, "information", "About this document", "alt+enter i", None),
    row(Action::Security, "security", "What can this document do?", "f8", None),
    row(Action::Menu, "menu", "Menu", "f10", None),
    row(Action::CopySelection, "copy", "Copy", "ctrl+c", None),
    row(Action::Copy, "copy-path", "Copy without line breaks, or the file's path", "ctrl+shift+c", None),
    row(Action::SaveCopy, "save-copy", "Save a safe copy", "ctrl+s", None),
    row(Action::Print, "print", "Print a safe copy", "ctrl+p", None),
    row(Action::Find, "find", "Find", "ctrl+f /", None),
    row(Action::FindNext, "find-next", "Next match", "f3 ctrl+g", Some("f3 ctrl+g n")),
    row(Action::FindPrevious, "find-previous", "Previous match", "shift+f3 ctrl+shift+g", Some("shift+f3 ctrl+shift+g shift+n")),
    row(Action::SelectAll, "select-all", "Select all text", "ctrl+a", None),
    row(Action::SetMark, "set-mark", "Mark this place with a letter", "m", None),
    row(Action::GoToMark, "go-to-mark", "Go to a marked place", "'", None),
    row(Action::AddBookmark, "add-bookmark", "Bookmark this place", "ctrl+b", Some("z>b")),
    row(Action::Bookmarks, "bookmarks", "Bookmarks", "shift+b", None),
    row(Action::Outline, "outline", "Outline", "t", None),
    row(Action::Hints, "link-hints", "Follow a link by the keyboard", "shift+f", Some("f")),
    row(Action::ZoomIn, "zoom-in", "Zoom in", "plus ctrl+plus ctrl+=", Some("plus ctrl+plus ctrl+= z>i")),
    row(Action::ZoomOut, "zoom-out", "Zoom out", "- ctrl+-", Some("- ctrl+- z>o")),
    row(Action::FitPage, "fit-page", "Fit the page", "ctrl+0 0", Some("ctrl+0 0 a")),
    row(Action::FitWidth, "fit-width", "Fit the width", "ctrl+2 2 w", Some("ctrl+2 2 s")),
    row(Action::FitContent, "fit-content", "Fit what is drawn, without margins", "ctrl+3 3", None),
    row(Action::ActualSize, "actual-size", "Actual size", "ctrl+1 1", None),
    row(Action::RotateRight, "rotate-right", "Rotate clockwise", "ctrl+r ]", Some("ctrl+r ] r")),
    row(Action::RotateLeft, "rotate-left", "Rotate anticlockwise", "ctrl+shift+r [", None),
    row(Action::Present, "present", "Presentation", "f5", None),
    slides(Action::BlackScreen, "black-screen", "Black screen (in a presentation)", "b ."),
    slides(Action::WhiteScreen, "white-screen", "White screen (in a presentation)", "w"),
    row(Action::Reload, "reload", "Reload", "shift+r ctrl+f5", None),
    row(Action::Back, "back", "Back to where you were", "alt+left", Some("alt+left ctrl+o")),
    row(Action::Forward, "forward", "Forward again", "alt+right", Some("alt+right ctrl+i")),
    row(Action::ScrollDown, "scroll-down", "Scroll down", "j down", None),
    row(Action::ScrollUp, "scroll-up", "Scroll up", "k up", None),
    row(Action::ScrollLeft, "scroll-left", "Scroll left", "h left", None),
    row(Action::ScrollRight, "scroll-right", "Scroll right", "l right", None),
    row(Action::HalfDown, "half-down", "Half a screen down", "ctrl+d", Some("d ctrl+d")),
    row(Action::HalfUp, "half-up", "Half a screen up", "ctrl+u", Some("u ctrl+u")),
    row(Action::ScreenDown, "screen-down", "A screen down", "space pagedown", None),
    row(Action::ScreenUp, "screen-up", "A screen up", "shift+space pageup", Some("shift+space pageup ctrl+b")),
    row(Action::NextPage, "next-page", "Next page", "shift+j ctrl+down n", Some("shift+j ctrl+down")),
    row(Action::PreviousPage, "previous-page", "Previous page", "shift+k ctrl+up p", Some("shift+k ctrl+up")),
    row(Action::FirstPage, "first-page", "First page", "home ctrl+home g>g", None),
    row(Action::LastPage, "last-page", "Last page", "end ctrl+end shift+g", None),
    row(Action::GoToPage, "go-to-page", "Go to a page", "ctrl+l g>p", None),
    row(Action::Continuous, "continuous", "Continuous, or one page at a time", "c", None),
    row(Action::Dual, "dual", "Two pages side by side", "d", Some("shift+d")),
    row(Action::RightToLeft, "right-to-left", "Pages from right to left", "shift+l", None),
    row(Action::Smoothing, "smoothing", "Show the pixels of pictures", "shift+a", None),
    picture(Action::NextImage, "next-image", "Next picture", "n pagedown"),
    picture(Action::PreviousImage, "previous-image", "Previous picture", "p pageup"),
    picture(Action::FirstImage, "first-image", "First picture", "home"),
    picture(Action::LastImage, "last-image", "Last picture", "end shift+g"),
    picture(Action::Trash, "trash", "Move the picture to the trash", "delete"),
    picture(Action::Undo, "undo", "Take a picture back from the trash", "ctrl+z"),
    picture(Action::Delete, "delete", "Delete the picture for ever", "shift+delete"),
    picture(Action::Rename, "rename", "Rename the picture", "f2"),
    picture(Action::Strip, "strip", "Strip of the pictures of the folder", "t"),
    picture(Action::Grid, "grid", "All pictures of the folder", "g enter"),
    picture(Action::Inspect, "inspect", "Tell the pixel under the pointer", "shift+i"),
    picture(Action::KeepView, "keep-view", "Keep size and place", "shift+c"),
    picture(Action::Compare, "compare", "Compare with the next picture", "c"),
    picture(Action::CompareInPlace, "compare-in-place", "Compare in one place", "shift+x"),
    picture(Action::Exchange, "exchange", "Exchange the pictures that are compared", "x"),
    picture(Action::MirrorAcross, "mirror-across", "Mirror left and right", "shift+h"),
    picture(Action::MirrorDown, "mirror-down", "Mirror top and bottom", "shift+v"),
    picture(Action::Slides, "slides", "Slide show", "f5"),
    row(Action::Shuffle, "shuffle", "Pictures or sounds mixed, or in order again", "shift+s", None),
    picture(Action::LongerSlides, "longer-slides", "Each picture of a slide show longer", "ctrl+up"),
    picture(Action::ShorterSlides, "shorter-slides", "Each picture of a slide show shorter", "ctrl+down"),
    picture(Action::PlayPause, "play-pause", "Pause or play an animation, or the next picture", "space"),
    picture(Action::NextFrame, "next-frame", "Next frame", ". shift+pagedown"),
    picture(Action::PreviousFrame, "previous-frame", "Previous frame", ", shift+pageup"),
    sound(Action::PlaySound, "play-sound", "Play or pause the sound", "space p"),
    sound(Action::SoundBack, "sound-back", "5 seconds back", "left j h"),
    sound(Action::SoundForward, "sound-forward", "5 seconds forward", "right l"),
    sound(Action::SoundBackSecond, "sound-back-second", "A second back", "shift+left"),
    sound(Action::SoundForwardSecond, "sound-forward-second", "A second forward", "shift+right"),
    sound(Action::SoundBackMinute, "sound-back-minute", "A minute back", "ctrl+left"),
    sound(Action::SoundForwardMinute, "sound-forward-minute", "A minute forward", "ctrl+right"),
    sound(Action::SoundStart, "sound-start", "Start of the sound", "home"),
    sound(Action::SoundPart, "sound-part", "To so many tenths of the sound", "alt+0 alt+1 alt+2 alt+3 alt+4 alt+5 alt+6 alt+7 alt+8 alt+9"),
    sound(Action::Louder, "louder", "Louder", "up 0"),
    sound(Action::Softer, "softer", "Softer", "down 9"),
    sound(Action::Mute, "mute", "Mute the sound, or not", "m"),
    sound(Action::Slower, "slower", "Play slower", "["),
    sound(Action::Faster, "faster", "Play faster", "]"),
    sound(Action::NormalSpeed, "normal-speed", "Play at the usual speed", "backspace"),
    sound(Action::NextSound, "next-sound", "Next sound of the folder", "n ctrl+shift+right"),
    sound(Action::PreviousSound, "previous-sound", "Previous sound of the folder", "shift+n ctrl+shift+left"),
    sound(Action::NextChapter, "next-chapter", "Next chapter, or next sound", "pagedown"),
    sound(Action::PreviousChapter, "previous-chapter", "Previous chapter, or previous sound", "pageup"),
    sound(Action::Repeat, "repeat-part", "Repeat a part: from here, to here, not any more", "shift+l"),
    sound(Action::Loudness, "replay-gain", "All sounds equally loud, by track, by album, or not", "r"),
    row(Action::Theme, "theme", "Light, dark, or as the system is", "ctrl+shift+l", None),
    row(Action::Contrast, "contrast", "High contrast", "ctrl+alt+c", None),
    row(Action::LargerInterface, "larger-interface", "Larger buttons and letters", "ctrl+alt+plus ctrl+alt+=", None),
    row(Action::SmallerInterface, "smaller-interface", "Smaller buttons and letters", "ctrl+alt+-", None),
    row(Action::NormalInterface, "normal-interface", "Usual size of buttons and letters", "ctrl+alt+0", None),
    row(Action::NextPane, "next-pane", "Keyboard to the next part of the window", "f6", None),
    row(Action::PreviousPane, "previous-pane", "Keyboard to the part before", "shift+f6", None),
    row(Action::Tab, "tab", "Go to a tab by its number", "alt+1 alt+2 alt+3 alt+4 alt+5 alt+6 alt+7 alt+8 alt+9", None),
    row(Action::DarkPages, "dark-pages", "Dark pages", "ctrl+i", Some("z>d")),
    row(Action::NextTone, "next-tone", "Pages in another tone", "ctrl+shift+i", None),
    row(Action::PageColors, "page-colors", "Colours of letters and paper", "ctrl+alt+i", None),
    row(Action::Escape, "escape", "Leave what is open; never quits", "escape", None),
];

impl Action {
    /// Its row.
    pub(crate) fn described(self) -> &'static Described {
        // Every action has a row: a test looks.
        ACTIONS
            .iter()
            .find(|row| row.action == self)
            .unwrap_or(&ACTIONS[0])
    }
}
