//! Objects of a PDF, one after the other, and where they are (ISO 32000-2:2020, 7.5).

use pdf_writer::{Chunk, Ref};
use std::io::{self, Write};

/// Longest file, in bytes: its table has ten digits for a place.
const MAX_BYTES: u64 = 9_999_999_999;

/// A file that is being written.
pub(super) struct File<W> {
    output: W,
    at: u64,
    /// Where each object begins, by its number less one; 0 when it is not written.
    places: Vec<u64>,
}

impl<W: Write> File<W> {
    pub(super) fn begin(mut output: W) -> io::Result<Self> {
        // The second line tells programs that this is not text.
        let head = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
        output.write_all(head)?;
        Ok(Self {
            output,
            at: head.len() as u64,
            places: Vec::new(),
        })
    }

    /// Number for an object that will be written.
    pub(super) fn number(&mut self) -> Ref {
        self.places.push(0);
        Ref::new(i32::try_from(self.places.len()).unwrap_or(i32::MAX))
    }

    /// Writes the one object of a chunk.
    pub(super) fn write(&mut self, object: &Chunk) -> io::Result<()> {
        debug_assert_eq!(object.refs().len(), 1, "one object at a time");
        let number = object.refs().next().map_or(0, Ref::get);
        let place = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        if let Some(place) = place.and_then(|n| self.places.get_mut(n)) {
            *place = self.at;
        }
        self.output.write_all(object.as_bytes())?;
        self.at += object.len() as u64;
        if self.at > MAX_BYTES {
            let sentence = format!("the copy would have more than the limit of {MAX_BYTES} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, sentence));
        }
        Ok(())
    }

    /// Writes the table of places, and gives back what is written to.
    pub(super) fn finish(mut self, catalog: Ref, info: Ref) -> io::Result<W> {
        let size = self.places.len() + 1;
        write!(self.output, "xref\n0 {size}\n0000000000 65535 f \n")?;
        for place in &self.places {
            match place {
                0 => writeln!(self.output, "0000000000 00000 f ")?,
                place => writeln!(self.output, "{place:010} 00000 n ")?,
            }
        }
        write!(
            self.output,
            "trailer\n<< /Size {size} /Root {} 0 R /Info {} 0 R >>\nstartxref\n{}\n%%EOF\n",
            catalog.get(),
            info.get(),
            self.at
        )?;
        self.output.flush()?;
        Ok(self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_says_where_each_object_begins() {
        let mut file = File::begin(Vec::new()).unwrap();
        let (first, second) = (file.number(), file.number());
        for number in [second, first] {
            let mut chunk = Chunk::new();
            chunk.indirect(number).primitive(true);
            file.write(&chunk).unwrap();
        }
        let bytes = file.finish(first, second).unwrap();
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        // The second line holds four characters that are two bytes each as text.
        let at = |number: i32| text.find(&format!("{number} 0 obj")).unwrap() - 4;
        let places = format!("{:010} 00000 n \n{:010} 00000 n ", at(1), at(2));
        assert!(text.contains(&places), "{text}");
        assert!(text.contains("/Size 3 /Root 1 0 R /Info 2 0 R"));
    }
}
