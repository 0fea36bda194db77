//! PDFs made for a test, byte by byte: 400 by 300 points, Helvetica as `/F`.

/// Objects before the pages.
const BEFORE: usize = 5;

/// The object that a page is, from 0.
#[must_use]
pub fn page_number(page: usize) -> usize {
    BEFORE + 2 * page
}

/// A document of these page contents, with annotations on its first page and one
/// entry in its outline (none when it is empty).
#[must_use]
pub fn document(pages: &[String], annotations: &[String], outline: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", page_number(page)))
        .collect();
    let outlines = match outline {
        "" => String::new(),
        _ => "/Outlines 4 0 R".to_owned(),
    };
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {outlines} >>"),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} >>",
            kids.join(" "),
            pages.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Type /Outlines /Count 1 /First {outline} >>"),
    ];
    for (page, draw) in pages.iter().enumerate() {
        let annotations = match page {
            0 => annotations.join(" "),
            _ => String::new(),
        };
        let contents = page_number(page) + 1;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Annots [{annotations}] \
             /Resources << /Font << /F 3 0 R >> >> /Contents {contents} 0 R >>"
        ));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{draw}\nendstream",
            draw.len()
        ));
    }
    assemble(&objects)
}

/// A file of these objects, the first of them the catalog.
#[must_use]
pub fn assemble(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = places.len() + 1;
    out.extend(
        format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes(),
    );
    out
}
