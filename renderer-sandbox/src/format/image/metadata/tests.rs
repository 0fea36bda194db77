use super::*;
use packets::find;

fn read(file: &[u8], format: Format) -> Vec<InfoField> {
    super::told(&find(file, format))
}

/// A TIFF of one directory with such tags of bytes.
fn tiff(little: bool, tags: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let short = |number: u16| {
        if little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    };
    let long = |number: usize| {
        let number = u32::try_from(number).unwrap();
        if little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    };
    let mark: &[u8] = if little { b"II*\0" } else { b"MM\0*" };
    let mut file = [mark, &long(8), &short(tags.len() as u16)].concat();
    let mut at = file.len() + tags.len() * 12 + 4;
    for (tag, kind, bytes) in tags {
        let unit = if *kind == 4 { 4 } else { 1 };
        file.extend(
            [
                &short(*tag)[..],
                &short(*kind),
                &long(bytes.len() / unit),
                &long(at),
            ]
            .concat(),
        );
        at += bytes.len();
    }
    file.extend([0; 4]);
    file.extend(tags.iter().flat_map(|(_, _, bytes)| bytes.iter()));
    file
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&length[..], kind, &body].concat()
}

/// An AVIF of two items: EXIF and XMP.
fn avif(exif: &[u8], xmp: &[u8]) -> Vec<u8> {
    let entry = |id: u8, kind: &[u8]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, b"\0"]);
    let items = boxed(
        b"iinf",
        &[&[0, 0, 0, 0, 0, 2], &entry(1, b"Exif"), &entry(2, b"mime")],
    );
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap().to_be_bytes();
    let place = |id: u8, at: u32, part: &[u8]| {
        [
            &[0, id, 0, 1, 0, 0, 0, 1][..],
            &at.to_be_bytes(),
            &length(part),
        ]
        .concat()
    };
    // Offsets within `idat`.
    let places = [
        place(1, 0, exif),
        place(2, u32::try_from(exif.len()).unwrap(), xmp),
    ];
    let places = boxed(b"iloc", &[&[1, 0, 0, 0, 0x44, 0, 0, 2], &places.concat()]);
    boxed(
        b"meta",
        &[&[0; 4], &items, &places, &boxed(b"idat", &[exif, xmp])],
    )
}

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
    told(&read(&jpeg, Format::Jpeg));
    let chunk = [&b"XML:com.adobe.xmp\0\0\0\0\0"[..], bytes].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(u32::try_from(chunk.len()).unwrap().to_be_bytes());
    png.extend([&b"iTXt"[..], &chunk, b"\0\0\0\0"].concat());
    told(&read(&png, Format::Png));
    let mut webp = b"RIFF\0\0\0\0WEBPXMP ".to_vec();
    webp.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    webp.extend(bytes);
    told(&read(&webp, Format::WebP));
    let resources = resource(0x0424, bytes);
    let mut psd = vec![0; 30];
    psd.extend(u32::try_from(resources.len()).unwrap().to_be_bytes());
    psd.extend(resources);
    told(&read(&psd, Format::Psd));
    webp.splice(15..16, [0]);
    told(&read(&webp, Format::WebP));
    told(&read(&[b"before", bytes, b"behind"].concat(), Format::Gif));
    for little in [true, false] {
        told(&read(&tiff(little, &[(700, 1, bytes)]), Format::Tiff));
    }
    let id = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
    let jp2 = [boxed(b"jP  ", &[]), boxed(b"uuid", &[id, bytes])].concat();
    told(&read(&jp2, Format::Jpeg2000));
    let jp2 = [boxed(b"jP  ", &[]), boxed(b"xml ", &[bytes])].concat();
    told(&read(&jp2, Format::Jpeg2000));
    told(&read(&avif(b"", bytes), Format::Avif));
}

#[test]
fn packets_are_read_whatever_stands_around_their_rdf() {
    let xmp = packet(WORDS);
    let rdf = xmp.find("<rdf:RDF").unwrap()..xmp.find("</x:xmpmeta>").unwrap();
    let rdf = xmp.get(rdf).unwrap();
    let variants = [
        rdf.to_owned(),
        format!("<x:xapmeta xmlns:x=\"adobe:ns:meta/\">{rdf}</x:xapmeta>"),
        format!("<xmpmeta>{rdf}</xmpmeta>"),
        format!("<meta>{rdf}</meta>"),
        format!("<?xpacket begin='\u{feff}' id='x'?>{xmp}<?xpacket end='w'?>   \0"),
        // A declaration has to come first, and does not.
        format!("<?xpacket begin=''?><?xml version='1.0'?>{xmp}"),
        format!("\0\0{xmp}behind"),
        xmp.replace("x:xmpmeta", "y:xmpmeta")
            .replace("xmlns:x=", "xmlns:y="),
    ];
    for variant in &variants {
        told(&sorted(xmp::properties(variant.as_bytes()).into_iter()));
        let units = || variant.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        if variant.starts_with('<') {
            for wide in [little, big] {
                told(&sorted(xmp::properties(&wide).into_iter()));
            }
        }
    }
}

#[test]
fn avif_and_jpeg_2000_tell_what_the_camera_wrote() {
    let exif = tiff(true, &[(0x0110, 2, b"Camera One\0")]);
    let item = [&[0, 0, 0, 6][..], b"Exif\0\0", &exif].concat();
    let avif = avif(&item, b"");
    assert_eq!(
        of(&read(&avif, Format::Avif), InfoKey::Camera),
        ["Camera One"]
    );
    let jp2 = boxed(b"uuid", &[b"JpgTiffExif->JP2", &exif]);
    let told = read(&jp2, Format::Jpeg2000);
    assert_eq!(of(&told, InfoKey::Camera), ["Camera One"]);
    for end in 0..avif.len() {
        read(avif.get(..end).unwrap(), Format::Avif);
    }
}

#[test]
fn iptc_of_a_tiff_is_read_also_as_numbers_and_from_photoshop() {
    let mut records = [record(5, b"Bridge"), record(25, b"river")].concat();
    records.resize(records.len().next_multiple_of(4), 0);
    let (words, _) = records.as_chunks::<4>();
    let turned: Vec<u8> = words
        .iter()
        .flat_map(|word| word.iter().rev())
        .copied()
        .collect();
    let resources = resource(0x0404, &records);
    let tags: [(u16, u16, &[u8]); 4] = [
        (33_723, 7, &records),
        (33_723, 4, &records),
        (33_723, 4, &turned),
        (34_377, 1, &resources),
    ];
    for tag in tags {
        for little in [true, false] {
            let fields = read(&tiff(little, &[tag]), Format::Tiff);
            assert_eq!(of(&fields, InfoKey::Title), ["Bridge"], "{tag:?}");
            assert_eq!(of(&fields, InfoKey::Keywords), ["river"], "{tag:?}");
        }
    }
}

#[test]
fn tiff_larger_than_its_tags_tells_its_camera_without_being_copied() {
    let long = vec![b'x'; 5000];
    let pixels = vec![7; 3 << 20];
    for little in [true, false] {
        let tags: [(u16, u16, &[u8]); 3] = [
            (0x0111, 1, &pixels),
            (0x0110, 2, b"Camera One\0"),
            (0x010e, 2, &long),
        ];
        let file = tiff(little, &tags);
        assert!(skeleton::of(&file).unwrap().len() < 100);
        let told = read(&file, Format::Tiff);
        assert_eq!(of(&told, InfoKey::Camera), ["Camera One"]);
        for end in 0..200 {
            skeleton::of(file.get(..end).unwrap());
        }
    }
}

#[test]
fn words_for_people_come_first_and_all_other_tags_of_exif_behind() {
    let title: Vec<u8> = "Brücke\0"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let block = tiff(
        true,
        &[
            (0x010e, 2, b"A bridge\nover a river\0"),
            (0x010f, 2, b"a maker\0"),
            (0x8298, 2, b"(c) me, all rights\0"),
            (0x9c9b, 1, &title),
        ],
    );
    let fields = sorted(exif::properties(&block).into_iter());
    assert_eq!(of(&fields, InfoKey::Title), ["Brücke"]);
    assert_eq!(of(&fields, InfoKey::Subject), ["A bridge over a river"]);
    assert_eq!(of(&fields, InfoKey::Copyright), ["(c) me, all rights"]);
    assert_eq!(of(&fields, InfoKey::Metadata), ["EXIF Make: a maker"]);
    // One tag that leads out of the file takes the others with it no more.
    let mut broken = block;
    broken.splice(10 + 12 + 8..10 + 12 + 12, [0xff; 4]);
    let fields = sorted(exif::properties(&broken).into_iter());
    assert_eq!(of(&fields, InfoKey::Title), ["Brücke"]);
}

#[test]
fn text_and_comments_of_png_jpeg_and_gif_are_told() {
    let chunk = |kind: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &[0; 4]].concat()
    };
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"a river").unwrap();
    let packed = [&b"Description\0\0"[..], &packed.finish().unwrap()].concat();
    let digits: String = record(116, b"me")
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let resources = resource(0x0404, &record(116, b"me"));
    let hex: String = resources.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digits.len(), 14);
    let profile = format!(
        "Raw profile type iptc\0\niptc\n  {}\n{hex}\n",
        resources.len()
    );
    let png = [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"tEXt", b"Title\0Br\xfccke"),
        &chunk(b"zTXt", &packed),
        &chunk(b"iTXt", "seed\0\0\0de\0Same\0½".as_bytes()),
        &chunk(b"tEXt", profile.as_bytes()),
    ]
    .concat();
    let fields = read(&png, Format::Png);
    assert_eq!(of(&fields, InfoKey::Title), ["Brücke"]);
    assert_eq!(of(&fields, InfoKey::Subject), ["a river"]);
    assert_eq!(of(&fields, InfoKey::Copyright), ["me"]);
    assert_eq!(of(&fields, InfoKey::Metadata), ["PNG seed: ½"]);
    let jpeg = [
        &b"\xff\xd8"[..],
        &segment(0xfe, &[b"made by me"]),
        b"\xff\xda",
    ]
    .concat();
    assert_eq!(
        of(&read(&jpeg, Format::Jpeg), InfoKey::Comment),
        ["made by me"]
    );
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xf9\x04\0\0\0\0\0\
        \x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x21\xfe\x04made\x06 by me\0;";
    assert_eq!(
        of(&read(gif, Format::Gif), InfoKey::Comment),
        ["made by me"]
    );
    for end in 0..gif.len() {
        read(gif.get(..end).unwrap(), Format::Gif);
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
    let exif = tiff(true, &[(0x9c9b, 1, b"f\0i\0r\0s\0t\0")]);
    let mut packets = find(&jpeg, Format::Jpeg);
    packets.exif = Some(exif.into());
    let fields = super::told(&packets);
    assert_eq!(of(&fields, InfoKey::Title), ["first"]);
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
    for end in 0..whole.find("</x:xmpmeta>").unwrap() {
        let cut = whole.as_bytes().get(..end).unwrap();
        assert!(xmp::properties(cut).is_empty(), "{end}");
    }
    let records = [record(5, b"Bridge"), record(25, b"river")].concat();
    for end in 0..records.len() {
        assert!(iptc::properties(records.get(..end).unwrap()).len() <= 1);
    }
}
