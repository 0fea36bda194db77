//! What a reader needs beside the pixels: outline, links, and what was searched for.

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::geometry::{PageBox, PageIndex};
use crate::limits::{MAX_MATCH_PLACES, MAX_OUTLINE_DEPTH, MAX_PAGE_SIDE};
use crate::text::Text;

/// A place that an outline entry or a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Encode)]
pub struct Destination {
    /// The page.
    pub page: PageIndex,
    /// How far below the top of the page, in its units; `None` for its top.
    pub top: Option<f32>,
}

checked!(Destination, (PageIndex, Option<f32>), |(page, top)| {
    let fits = top.is_none_or(|top: f32| top.is_finite() && top.abs() <= MAX_PAGE_SIDE);
    fits.then_some(Destination { page, top })
        .ok_or(Invalid("a place off every page"))
});

/// An entry of a document's outline, in reading order.
#[derive(Debug, Clone, PartialEq, Encode)]
pub struct OutlineEntry {
    /// How deep it stands, from 0, below [`MAX_OUTLINE_DEPTH`].
    pub depth: u8,
    /// The document's own words.
    pub title: Text,
    /// Where it leads; `None` where that is nowhere in this document.
    pub leads_to: Option<Destination>,
}

checked!(OutlineEntry, (u8, Text, Option<Destination>), |(
    depth,
    title,
    leads_to,
)| {
    (depth < MAX_OUTLINE_DEPTH)
        .then_some(OutlineEntry {
            depth,
            title,
            leads_to,
        })
        .ok_or(Invalid("an outline that is too deep"))
});

/// A link on a page.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Link {
    /// Where it can be clicked, in the page's units as it is shown.
    pub place: PageBox,
    /// What it is for.
    pub target: LinkTarget,
}

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum LinkTarget {
    /// A place in this document.
    Inside(Destination),
    /// An address. The broker decides what may be done with it, and asks first.
    Address(Text),
    /// An action that is never done.
    Refused(RefusedAction),
}

/// Actions of a document that are never done (ISO 32000-2:2020, 12.6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum RefusedAction {
    /// Start a program or open a file.
    Launch,
    /// Run a script.
    JavaScript,
    /// Send or fetch what stands in a form.
    Form,
    /// Open another document.
    OtherDocument,
    /// Play something.
    Media,
    /// Anything else.
    Other,
}

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Encode)]
pub struct Query {
    /// Words, or a regular expression; not empty.
    pub pattern: Text,
    /// Capitals matter.
    pub match_case: bool,
    /// Accents and other marks on letters matter.
    pub match_accents: bool,
    /// Only whole words.
    pub whole_word: bool,
    /// The pattern is a regular expression.
    pub regex: bool,
}

checked!(Query, (Text, bool, bool, bool, bool), |(
    pattern,
    match_case,
    match_accents,
    whole_word,
    regex,
)| {
    (!pattern.as_str().is_empty())
        .then_some(Query {
            pattern,
            match_case,
            match_accents,
            whole_word,
            regex,
        })
        .ok_or(Invalid("nothing to search for"))
});

/// Something that was found on a page.
#[derive(Debug, Clone, PartialEq, Encode)]
pub struct Match {
    /// Where it stands, a box for each line of it: 1..=[`MAX_MATCH_PLACES`].
    pub places: Vec<PageBox>,
    /// What stands before it.
    pub before: Text,
    /// What was found.
    pub found: Text,
    /// What stands behind it.
    pub after: Text,
}

checked!(Match, (Vec<PageBox>, Text, Text, Text), |(
    places,
    before,
    found,
    after,
)| {
    (1..=MAX_MATCH_PLACES)
        .contains(&places.len())
        .then_some(Match {
            places,
            before,
            found,
            after,
        })
        .ok_or(Invalid("a match with no place or too many"))
});
