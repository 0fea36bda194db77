use super::*;

fn packet(inside: &str) -> String {
    format!(
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Rating="4" exif:GPSLatitude="46,57N"
 exif:GPSLongitude="7,26E">{inside}</rdf:Description></rdf:RDF></x:xmpmeta>"#
    )
}

const WORDS: &str = r#"<dc:title><rdf:Alt><rdf:li xml:lang="de">Berg</rdf:li><rdf:li
 xml:lang="x-default">Mountain</rdf:li></rdf:Alt></dc:title><dc:subject><rdf:Bag><rdf:li>snow</rdf:li><rdf:li>sun</rdf:li>
</rdf:Bag></dc:subject><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© me</rdf:li></rdf:Alt></dc:rights>
<dc:format>image/png</dc:format>"#;

fn of(fields: &[InfoField], key: InfoKey) -> Vec<&str> {
    let of_key = fields.iter().filter(|field| field.key == key);
    of_key.map(|field| field.value.as_str()).collect()
}

fn told(fields: &[InfoField]) {
    assert_eq!(of(fields, InfoKey::Title), ["Mountain"]);
    assert_eq!(of(fields, InfoKey::Keywords), ["snow, sun"]);
    assert_eq!(of(fields, InfoKey::Copyright), ["© me"]);
    assert_eq!(of(fields, InfoKey::Rating), ["4"]);
    assert_eq!(of(fields, InfoKey::Location), ["46,57N, 7,26E"]);
    assert!(of(fields, InfoKey::Metadata).contains(&"XMP dc:format: image/png"));
}

fn segment(marker: u8, parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], &data].concat()
}

fn resource(id: u16, data: &[u8]) -> Vec<u8> {
    let mut all = [&b"8BIM"[..], &id.to_be_bytes(), &[0, 0]].concat();
    all.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    all.extend(data);
    all.resize(all.len().next_multiple_of(2), 0);
    all
}

fn record(dataset: u8, words: &[u8]) -> Vec<u8> {
    let length = u16::try_from(words.len()).unwrap().to_be_bytes();
    [&[0x1c, 2, dataset], &length[..], words].concat()
}

#[test]
fn xmp_is_found_in_every_container_and_first_comes_what_everybody_wants() {
    let xmp = packet(WORDS);
    let bytes = xmp.as_bytes();
    let name = b"http://ns.adobe.com/xap/1.0/\0";
    let jpeg = [
        &b"\xff\xd8"[..],
        &segment(0xe1, &[name, bytes]),
        b"\xff\xda",
    ]
    .concat();
    told(&read(&jpeg, Format::Jpeg, &[]));
    let chunk = [&b"XML:com.adobe.xmp\0\0\0\0\0"[..], bytes].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(u32::try_from(chunk.len()).unwrap().to_be_bytes());
    png.extend([&b"iTXt"[..], &chunk, b"\0\0\0\0"].concat());
    told(&read(&png, Format::Png, &[]));
    let mut webp = b"RIFF\0\0\0\0WEBPXMP ".to_vec();
    webp.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    webp.extend(bytes);
    told(&read(&webp, Format::WebP, &[]));
    let resources = resource(0x0424, bytes);
    let mut psd = vec![0; 30];
    psd.extend(u32::try_from(resources.len()).unwrap().to_be_bytes());
    psd.extend(resources);
    told(&read(&psd, Format::Psd, &[]));
    for format in [Format::Gif, Format::Avif, Format::JpegXl, Format::Tiff] {
        told(&read(&[b"before", bytes, b"behind"].concat(), format, &[]));
    }
}

#[test]
fn iptc_is_read_and_what_is_known_already_is_told_by_its_name() {
    let records = [
        record(5, b"Bridge"),
        record(25, b"river"),
        record(25, b"stone"),
        record(90, "Zürich".as_bytes()),
        record(101, b"Schweiz"),
        record(116, b"\xa9 me"),
        record(200, b"x"),
    ];
    let resources = resource(0x0404, &records.concat());
    let photoshop = segment(0xed, &[b"Photoshop 3.0\0", &resources]);
    let jpeg = [&b"\xff\xd8"[..], &photoshop, b"\xff\xda"].concat();
    let known = [field(InfoKey::Title, "from EXIF")];
    let fields = read(&jpeg, Format::Jpeg, &known);
    assert_eq!(of(&fields, InfoKey::Keywords), ["river, stone"]);
    assert_eq!(of(&fields, InfoKey::Location), ["Zürich", "Schweiz"]);
    assert_eq!(of(&fields, InfoKey::Copyright), ["© me"]);
    let rest = of(&fields, InfoKey::Metadata);
    assert_eq!(rest, ["IPTC title: Bridge", "IPTC 2:200: x"]);
}

#[test]
fn entities_are_not_expanded_and_broken_packets_are_passed_over() {
    let bomb = format!(
        r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{}"#,
        packet("<dc:title>&b;</dc:title>")
    );
    assert!(xmp::properties(bomb.as_bytes()).is_empty());
    let deep = "<dc:a>".repeat(50_000);
    assert!(xmp::properties(packet(&deep).as_bytes()).is_empty());
    let whole = packet(WORDS);
    for end in 0..whole.len() {
        let cut = whole.as_bytes().get(..end).unwrap();
        assert!(xmp::properties(cut).is_empty(), "{end}");
    }
    let records = [record(5, b"Bridge"), record(25, b"river")].concat();
    for end in 0..records.len() {
        assert!(iptc::properties(records.get(..end).unwrap()).len() <= 1);
    }
}
