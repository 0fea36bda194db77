//! Properties of an XMP packet (ISO 16684-1, 7).

use super::{MAX_VALUE_BYTES, MOST, Property};
use ipc::InfoKey;
use memchr::memmem;
use roxmltree::{Document, Node, ParsingOptions};
use std::borrow::Cow;

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Most elements and attributes of a packet that are looked at.
const MAX_NODES: u32 = 20_000;

/// Names of the schemas that are met most often; others have the end of theirs.
const SCHEMAS: [(&str, &str); 12] = [
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://ns.adobe.com/xap/1.0/", "xmp"),
    ("http://ns.adobe.com/xap/1.0/rights/", "xmpRights"),
    ("http://ns.adobe.com/xap/1.0/mm/", "xmpMM"),
    ("http://ns.adobe.com/photoshop/1.0/", "photoshop"),
    ("http://ns.adobe.com/exif/1.0/", "exif"),
    ("http://ns.adobe.com/exif/1.0/aux/", "aux"),
    ("http://cipa.jp/exif/1.0/", "exifEX"),
    ("http://ns.adobe.com/tiff/1.0/", "tiff"),
    ("http://creativecommons.org/ns#", "cc"),
    (
        "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
        "Iptc4xmpCore",
    ),
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "Iptc4xmpExt"),
];

/// Elements that packets begin with, wherever they stand in a file.
const ROOTS: [(&str, &str); 4] = [
    ("<x:xmpmeta", "</x:xmpmeta>"),
    ("<x:xapmeta", "</x:xapmeta>"),
    ("<xmpmeta", "</xmpmeta>"),
    ("<rdf:RDF", "</rdf:RDF>"),
];

/// Names the point that latitude and longitude make.
pub(super) const POINT: &str = "XMP place";

/// The part of a file that is a packet, as far as `most` bytes.
pub(super) fn within(file: &[u8], most: usize) -> Option<&[u8]> {
    ROOTS.iter().find_map(|(root, end)| {
        let start = memmem::find(file, root.as_bytes())?;
        let rest = file.get(start..)?;
        let rest = rest.get(..most).unwrap_or(rest);
        rest.get(..memmem::find(rest, end.as_bytes())? + end.len())
    })
}

pub(super) fn properties(packet: &[u8]) -> Vec<Property> {
    let text = decoded(packet);
    let text = text.trim_matches(|c: char| c == '\0' || c == '\u{feff}' || c.is_whitespace());
    let options = || ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    if let Ok(document) = Document::parse_with_options(text, options()) {
        return of_rdf(&document, "XMP");
    }
    // Headers in the wrong order, or something behind: the element alone.
    let element = within(text.as_bytes(), text.len()).and_then(|it| str::from_utf8(it).ok());
    let parsed = element.map(|element| Document::parse_with_options(element, options()));
    match parsed {
        Some(Ok(document)) => of_rdf(&document, "XMP"),
        _ => Vec::new(),
    }
}

/// Packets are of UTF-8, or of UTF-16 as their first character shows.
fn decoded(packet: &[u8]) -> Cow<'_, str> {
    let read = match packet {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, b'<', ..] => u16::from_be_bytes,
        _ => return String::from_utf8_lossy(packet),
    };
    let (units, _) = packet.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| read(*unit)).collect();
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// Properties of all resources that RDF describes, each called `what` first.
pub(super) fn of_rdf(document: &Document<'_>, what: &str) -> Vec<Property> {
    let mut found = Vec::new();
    let is_top = |node: &Node<'_, '_>| {
        let above = node.parent();
        node.is_element() && above.is_some_and(|above| above.has_tag_name((RDF, "RDF")))
    };
    for description in document.descendants().filter(is_top) {
        for attribute in description.attributes() {
            if let Some(space) = attribute.namespace().filter(|space| *space != RDF) {
                let value = attribute.value().to_owned();
                found.push(property(what, space, attribute.name(), value));
            }
        }
        for child in description.children().filter(Node::is_element) {
            let space = child.tag_name().namespace().unwrap_or_default();
            found.push(property(what, space, child.tag_name().name(), value(child)));
        }
        found.truncate(MOST);
    }
    let at = |name: &str| found.iter().find(|property| property.name == name);
    let latitude = at("XMP exif:GPSLatitude").map(|property| property.value.clone());
    let longitude = at("XMP exif:GPSLongitude").map(|property| property.value.clone());
    if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
        found.insert(
            0,
            Property {
                key: Some(InfoKey::Location),
                name: POINT.to_owned(),
                value: format!("{latitude}, {longitude}"),
            },
        );
    }
    found
}

fn property(what: &str, space: &str, name: &str, value: String) -> Property {
    let known = SCHEMAS.iter().find(|(known, _)| *known == space);
    let schema = known.map_or_else(
        || {
            space
                .trim_end_matches(['/', '#'])
                .rsplit('/')
                .next()
                .unwrap_or_default()
        },
        |(_, short)| *short,
    );
    Property {
        key: meaning(schema, name),
        name: format!("{what} {schema}:{name}"),
        value,
    }
}

fn meaning(schema: &str, name: &str) -> Option<InfoKey> {
    Some(match (schema, name) {
        ("dc", "title") => InfoKey::Title,
        ("dc", "creator") => InfoKey::Author,
        ("dc", "description") => InfoKey::Subject,
        ("dc", "subject") => InfoKey::Keywords,
        ("dc", "rights") => InfoKey::Copyright,
        ("dc", "date") => InfoKey::Date,
        ("xmp", "Rating") => InfoKey::Rating,
        ("xmp", "CreateDate") | ("photoshop", "DateCreated") | ("exif", "DateTimeOriginal") => {
            InfoKey::Created
        }
        ("xmp", "ModifyDate") => InfoKey::Modified,
        ("xmp", "CreatorTool") => InfoKey::Creator,
        ("exif", "UserComment") => InfoKey::Comment,
        ("aux", "Lens") | ("exifEX", "LensModel") => InfoKey::Lens,
        ("photoshop", "City" | "State" | "Country")
        | ("Iptc4xmpCore", "Location")
        | ("Iptc4xmpExt", "LocationShown" | "LocationCreated") => InfoKey::Location,
        _ => return None,
    })
}

/// Words of a property: of several, those for everybody or all; of a structure, all of
/// its parts.
fn value(node: Node<'_, '_>) -> String {
    let is_of = |node: &Node<'_, '_>, name: &str| node.has_tag_name((RDF, name));
    let list = node
        .children()
        .find(|node| is_of(node, "Alt") || is_of(node, "Seq") || is_of(node, "Bag"));
    if let Some(list) = list {
        let items = || list.children().filter(|item| is_of(item, "li"));
        if is_of(&list, "Alt") {
            let space = "http://www.w3.org/XML/1998/namespace";
            let default = items().find(|item| item.attribute((space, "lang")) == Some("x-default"));
            return default
                .or_else(|| items().next())
                .map(words)
                .unwrap_or_default();
        }
        let all: Vec<String> = items().take(MOST).map(words).collect();
        return all.join(", ");
    }
    words(node)
}

/// All text below an element, and the values of its attributes.
fn words(node: Node<'_, '_>) -> String {
    let mut all = String::new();
    for node in node.descendants() {
        let attributes = node.attributes();
        let values = attributes.filter(|it| {
            it.namespace().is_some_and(|space| {
                space != RDF && space != "http://www.w3.org/XML/1998/namespace"
            })
        });
        let text = node.is_text().then(|| node.text().unwrap_or_default());
        for part in values.map(|it| it.value()).chain(text) {
            let part = part.trim();
            if part.is_empty() || all.len() > MAX_VALUE_BYTES {
                continue;
            }
            if !all.is_empty() {
                all.push_str(", ");
            }
            all.push_str(part);
        }
    }
    all
}
