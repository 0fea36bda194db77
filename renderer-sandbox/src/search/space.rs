//! A space in an expression: any white space, as lines are broken where they are
//! broken. In a class, as `[ ]`, it is what it says.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, Visitor, visit};
use std::convert::Infallible;
use std::ops::Range;

/// The expression with its spaces for any white space. One that is none is left
/// as it is: compiling it tells.
pub(super) fn any(pattern: &str) -> String {
    let mut spaces = Spaces::default();
    if let Ok(ast) = Parser::new().parse(pattern) {
        let Ok(()) = visit(&ast, &mut spaces);
    }
    let mut written = String::with_capacity(pattern.len());
    let mut from = 0;
    for (space, counted) in &spaces.found {
        written.push_str(pattern.get(from..space.start).unwrap_or_default());
        written.push_str(match counted {
            // Whoever counts them means white space that is written out.
            true => r"\s",
            // Two in a row are one: words of a page are never further apart.
            false if from == space.start && written.ends_with(r"\s+") => "",
            false => r"\s+",
        });
        from = space.end;
    }
    written.push_str(pattern.get(from..).unwrap_or_default());
    written
}

/// Where spaces stand, and whether each is repeated by the expression itself.
#[derive(Default)]
struct Spaces {
    found: Vec<(Range<usize>, bool)>,
    /// The end of an operand that is repeated.
    repeated: Option<Range<usize>>,
}

impl Visitor for &mut Spaces {
    type Output = ();
    type Err = Infallible;

    fn finish(self) -> Result<(), Infallible> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Infallible> {
        let place = |ast: &Ast| ast.span().start.offset..ast.span().end.offset;
        match ast {
            Ast::Repetition(repetition) => self.repeated = Some(place(&repetition.ast)),
            Ast::Literal(literal) if literal.c == ' ' => {
                let counted = self.repeated == Some(place(ast));
                self.found.push((place(ast), counted));
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::any;

    #[test]
    fn spaces_are_any_white_space() {
        for (pattern, written) in [
            ("two words", r"two\s+words"),
            ("two  words", r"two\s+words"),
            (r"a\ b", r"a\s+b"),
            ("a +b", r"a\s+b"),
            ("a {2}b", r"a\s{2}b"),
            ("(a b|c d)*", r"(a\s+b|c\s+d)*"),
            ("[ a]b c", r"[ a]b\s+c"),
            ("(?x) a b", "(?x) a b"),
            ("é ü", r"é\s+ü"),
            ("( ", "( "),
        ] {
            assert_eq!(any(pattern), written, "{pattern}");
        }
    }
}
