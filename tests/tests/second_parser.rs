//! Sizes, labels, outline and destinations as a parser reads them that shares no
//! code with ours. A file of our own making with every kind of them, and the sample.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use pdf::file::FileOptions;
use pdf::object::{
    Catalog, Counter, Dest, MaybeNamedDest, Object, OutlineItem, PageLabel, Ref, Resolve,
};
use pdf::primitive::{PdfString, Primitive};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use tests::pdf::assemble;
use tests::{file, pellucid, sample};

const PAGES: usize = 6;

/// Six pages, objects 3 to 8.
fn made() -> Vec<u8> {
    let kids: Vec<String> = (0..PAGES).map(|page| format!("{} 0 R", page + 3)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Outlines 9 0 R /Names << /Dests 20 0 R >> \
         /Dests << /Old [4 0 R /Fit] >> /PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 7 \
         /P (A-) >> 4 << /S /A >> 5 << /P (end) >>] >> >>"
            .to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {PAGES} >>",
            kids.join(" ")
        ),
    ];
    objects.extend((0..PAGES).map(|_| {
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Resources << >> >>".to_owned()
    }));
    let item = |title: &str, more: &str| format!("<< /Title {title} /Parent 9 0 R {more} >>");
    objects.extend([
        "<< /Type /Outlines /First 10 0 R /Last 17 0 R /Count 8 >>".to_owned(),
        item("(explicit)", "/Dest [3 0 R /XYZ 10 250 null] /Next 11 0 R"),
        item(
            "<FEFF00C40041006E>",
            "/Dest [5 0 R /FitH 100] /First 12 0 R /Next 13 0 R",
        ),
        item("(below)", "/Dest (deep)"),
        item("(by a name)", "/Dest (first) /Next 14 0 R"),
        item("(by an old name)", "/Dest /Old /Next 15 0 R"),
        item(
            "(by an action)",
            "/A << /S /GoTo /D [8 0 R /Fit] >> /Next 16 0 R",
        ),
        item(
            "(by an action and a name)",
            "/A << /S /GoTo /D (deep) >> /Next 17 0 R",
        ),
        item("(nowhere)", ""),
        "null".to_owned(),
        "null".to_owned(),
        "<< /Kids [21 0 R 22 0 R] >>".to_owned(),
        "<< /Limits [(deep) (deep)] /Names [(deep) << /D [7 0 R /XYZ null 20 0] >>] >>".to_owned(),
        "<< /Limits [(first) (first)] /Names [(first) [3 0 R /FitR 0 0 50 60]] >>".to_owned(),
    ]);
    assemble(&objects)
}

/// Names and the pages that they stand for, and the number of each page's object.
struct Theirs<R: Resolve> {
    resolve: R,
    pages: HashMap<u64, usize>,
    names: HashMap<String, usize>,
    outline: Vec<(usize, String, Option<usize>)>,
}

impl<R: Resolve> Theirs<R> {
    fn page(&self, dest: &Dest) -> Option<usize> {
        self.pages.get(&dest.page?.get_inner().id).copied()
    }

    fn named(&self, name: &PdfString) -> Option<usize> {
        self.names.get(&name.to_string_lossy()).copied()
    }

    fn leads_to(&self, item: &OutlineItem) -> Option<usize> {
        match (
            &item.dest,
            item.action.as_ref().and_then(|action| action.d.as_ref()),
        ) {
            (Some(Primitive::String(name)), _) | (_, Some(MaybeNamedDest::Named(name))) => {
                self.named(name)
            }
            (Some(Primitive::Name(name)), _) => self.names.get(name.as_str()).copied(),
            (Some(place), _) => {
                self.page(&Dest::from_primitive(place.clone(), &self.resolve).unwrap())
            }
            (None, Some(MaybeNamedDest::Direct(dest))) => self.page(dest),
            (None, None) => None,
        }
    }

    /// Takes the old dictionary of names, and the tree.
    fn learn_names(&mut self, root: &Catalog) {
        let mut names = HashMap::new();
        for (name, value) in root.dests.iter().flat_map(|dests| dests.iter()) {
            let dest = Dest::from_primitive(value.clone(), &self.resolve).unwrap();
            let page = self.page(&dest);
            names.extend(page.map(|page| (name.as_str().to_owned(), page)));
        }
        let tree = root.names.as_ref().and_then(|names| names.dests.as_ref());
        if let Some(tree) = tree {
            let mut take = |name: &PdfString, dest: &Option<Dest>| {
                let page = dest.as_ref().and_then(|dest| self.page(dest));
                names.extend(page.map(|page| (name.to_string_lossy(), page)));
            };
            tree.walk(&self.resolve, &mut take).unwrap();
        }
        self.names = names;
    }

    fn walk(&mut self, mut next: Option<Ref<OutlineItem>>, depth: usize) {
        while let Some(item) = next {
            let item = self.resolve.get(item).unwrap();
            let title = item
                .title
                .as_ref()
                .map(PdfString::to_string_lossy)
                .unwrap_or_default();
            let leads_to = self.leads_to(&item);
            self.outline.push((depth, title, leads_to));
            self.walk(item.first, depth + 1);
            next = item.next;
        }
    }
}

/// The labels of all pages, from the ranges of the other parser, whose names of the
/// Roman styles and of letters are the wrong way round: `RomanUpper` is `r`, the small
/// one (ISO 32000-2:2020, 12.4.2 and table 161).
fn labels(catalog: &Catalog, resolve: &impl Resolve, pages: u32) -> Vec<String> {
    let mut labels: Vec<String> = (1..=pages).map(|page| page.to_string()).collect();
    let Some(tree) = &catalog.page_labels else {
        return labels;
    };
    let mut set = |first: i32, range: &PageLabel| {
        let prefix = range.prefix.as_ref();
        let prefix = prefix.map_or_else(String::new, PdfString::to_string_lossy);
        let start = range.start.unwrap_or(1);
        let first = usize::try_from(first).unwrap();
        // A range is told without its end, and those behind it are told later.
        for (past, place) in labels.iter_mut().skip(first).enumerate() {
            *place = prefix.clone() + &counted(range.style.as_ref(), start + past);
        }
    };
    tree.walk(resolve, &mut set).unwrap();
    labels
}

/// A number in the style of a range; nothing beyond what documents of ours count to.
fn counted(style: Option<&Counter>, number: usize) -> String {
    const ROMAN: [&str; 5] = ["", "i", "ii", "iii", "iv"];
    let roman = ROMAN.get(number).copied().unwrap_or_default();
    let letter = ["", "a", "b"].get(number).copied().unwrap_or_default();
    match style {
        None => String::new(),
        Some(Counter::Arabic) => number.to_string(),
        Some(Counter::RomanUpper) => roman.to_owned(),
        Some(Counter::RomanLower) => roman.to_uppercase(),
        Some(Counter::AlphaUpper) => letter.to_owned(),
        Some(Counter::AlphaLower) => letter.to_uppercase(),
    }
}

/// What we tell of a file.
fn told(path: &Path) -> Value {
    let done = pellucid(&["info".as_ref(), "--json".as_ref(), path.as_os_str()]);
    serde_json::from_slice(&done.stdout).unwrap()
}

/// The labels of pages in what we tell.
fn labels_of(ours: &Value) -> Vec<&str> {
    let pages = ours["pages"].as_array().unwrap().iter();
    pages.map(|page| page["label"].as_str().unwrap()).collect()
}

/// Depths, titles and pages of the outline in what we tell.
fn outline_of(ours: &Value) -> Vec<(usize, String, Option<usize>)> {
    let number = |value: &Value| {
        let number = value.as_u64();
        number.map(|number| usize::try_from(number).unwrap())
    };
    let entries = ours["outline"].as_array().unwrap().iter();
    entries
        .map(|one| {
            let title = one["title"].as_str().unwrap().to_owned();
            (number(&one["depth"]).unwrap(), title, number(&one["page"]))
        })
        .collect()
}

/// Holds outline and labels against the other parser's; what we tell.
fn compare(path: &Path) -> Value {
    let ours = told(path);
    let file = FileOptions::cached().open(path).unwrap();
    let root = file.get_root();
    let pages = file.pages().enumerate();
    let mut theirs = Theirs {
        pages: pages
            .map(|(at, page)| (page.unwrap().get_ref().id, at + 1))
            .collect(),
        resolve: file.resolver(),
        names: HashMap::new(),
        outline: Vec::new(),
    };
    theirs.learn_names(root);
    let outlines = root.outlines.as_ref();
    theirs.walk(outlines.and_then(|outlines| outlines.first), 0);
    assert_eq!(outline_of(&ours), theirs.outline);
    let labels = labels(root, &theirs.resolve, file.num_pages());
    assert_eq!(labels_of(&ours), labels);
    ours
}

#[test]
fn second_parser_reads_the_same_outline_labels_and_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.pdf");
    std::fs::write(&path, made()).unwrap();
    let ours = compare(&path);
    // Nothing agrees about nothing.
    assert_eq!(ours["outline"].as_array().unwrap().len(), 8);
    assert_eq!(ours["pages"][3]["label"], "A-8");
    let pages: Vec<_> = ours["outline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["page"].as_u64())
        .collect();
    let right = [
        Some(1),
        Some(3),
        Some(5),
        Some(1),
        Some(2),
        Some(6),
        Some(5),
        None,
    ];
    assert_eq!(pages, right);
    compare(&sample("sample.pdf"));
}

#[test]
fn second_parser_agrees_about_our_documents() {
    for path in [
        sample("sample.pdf"),
        file("rotated.pdf"),
        file("owner-only.pdf"),
    ] {
        let theirs = FileOptions::cached().open(&path).unwrap();
        let ours = told(&path);
        assert_eq!(ours["page_count"], theirs.num_pages(), "{}", path.display());
        let title = theirs
            .trailer
            .info_dict
            .as_ref()
            .and_then(|info| info.title.as_ref());
        let title = title.map(|title| title.to_string_lossy());
        assert_eq!(ours["info"]["title"][0].as_str().map(str::to_owned), title);
        for (index, page) in ours["pages"].as_array().unwrap().iter().enumerate() {
            let their_page = theirs.get_page(u32::try_from(index).unwrap()).unwrap();
            let media = their_page.media_box().unwrap();
            let (mut width, mut height) = (media.right - media.left, media.top - media.bottom);
            if their_page.rotate % 180 != 0 {
                std::mem::swap(&mut width, &mut height);
            }
            assert_eq!(page["width"].as_f64().unwrap() as f32, width);
            assert_eq!(page["height"].as_f64().unwrap() as f32, height);
        }
        let labels = labels(theirs.get_root(), &theirs.resolver(), theirs.num_pages());
        assert_eq!(labels_of(&ours), labels, "{}", path.display());
    }
}
