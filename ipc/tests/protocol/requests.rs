//! Every kind of request, and its bytes.

use crate::{ID, page, text};
use ipc::{
    Buckets, DocumentSource, FontId, FontPlace, LayerSet, Open, Query, Request, RequestId, Samples,
    Secret, Stretch, Tile, TileSize,
};

pub(crate) fn requests() -> Vec<(Request, &'static str)> {
    let size = TileSize::new(1240, 877).unwrap();
    let tile = Tile::new(page(2), (1240, 1754), (0, 877), size).unwrap();
    let tile = tile.of_frame(9).unwrap();
    let open = Open {
        source: DocumentSource::File,
        document_bytes: 1 << 33,
        slots: 3,
        slot_bytes: 64 << 20,
        workers: 2,
    };
    let secret = Secret::new("sesame".to_owned()).unwrap();
    let query = Query {
        pattern: text("ab"),
        match_case: true,
        match_accents: false,
        whole_word: true,
        regex: false,
    };
    vec![
        (Request::Open(open), "0001fd000000000200000003fc0000000402"),
        (Request::Unlock(secret), "0106736573616d65"),
        (
            Request::Paint {
                id: ID,
                tile,
                slot: 1,
                early: true,
            },
            "020702fbd804fbda0600fb6d03fbd804fb6d03090101",
        ),
        (
            Request::Pages {
                id: ID,
                first: page(250),
                count: 251,
            },
            "0307fafbfb00",
        ),
        (Request::Info { id: ID }, "0407"),
        (
            Request::Text {
                id: ID,
                page: page(1),
            },
            "050701",
        ),
        (Request::Outline { id: ID }, "0607"),
        (
            Request::Links {
                id: ID,
                page: page(1),
            },
            "070701",
        ),
        (
            Request::Search {
                id: ID,
                page: page(1),
                query,
            },
            "08070102616201000100",
        ),
        (
            Request::Frames {
                id: ID,
                page: page(1),
            },
            "090701",
        ),
        (Request::Credit { id: ID, parts: 16 }, "0a0710"),
        (
            Request::Cancel {
                id: RequestId(u32::MAX),
            },
            "0bfcffffffff",
        ),
        (Request::Attachments { id: ID }, "0c07"),
        (
            Request::Extract {
                id: ID,
                attachment: 2,
                offset: 1 << 32,
                slot: 1,
            },
            "0d0702fd000000000100000001",
        ),
        (Request::Layers { id: ID }, "0e07"),
        (
            Request::ShowLayers {
                id: ID,
                shown: LayerSet::new([true, false, true]),
            },
            "0f070105",
        ),
        (Request::Signatures { id: ID }, "1007"),
        (Request::Wishes { id: ID }, "1107"),
        (
            Request::Images {
                id: ID,
                page: page(1),
            },
            "120701",
        ),
        (
            Request::Font {
                font: FontId(3),
                place: FontPlace::new(4096, 100),
            },
            "130301fb001064",
        ),
        (
            Request::Sound {
                id: ID,
                stretch: Stretch::new(1 << 32, 48_000, Samples::Int32).unwrap(),
                slot: 1,
            },
            "1407fd0000000001000000fb80bb0101",
        ),
        (
            Request::Waveform {
                id: ID,
                buckets: Buckets::new(1000, 40, 20, true).unwrap(),
            },
            "1507fbe803281401",
        ),
        (Request::Chapters { id: ID }, "1607"),
        (Request::Notes { id: ID }, "1707"),
    ]
}
