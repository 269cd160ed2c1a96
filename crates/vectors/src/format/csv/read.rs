//! Reads a table twice: once to check every row, once to keep them.

use super::fields::Fields;
use super::layout::{Layout, list, parsed};
use crate::error::FormatError;
use crate::format::table_builder::{See, checked, collected, lossy};
use crate::format::{OpenOptions, OpenReport, VectorTable, header};

/// Reads a table of words and numbers.
///
/// # Errors
/// [`FormatError`] with the line for a row with too few or too many numbers, or with something else among them; what `options`
/// do not allow.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let bytes = header::without_mark(bytes);
    let layout = Layout::of(bytes).ok_or(FormatError::NoVectorSize)?;
    let most = options.limit.unwrap_or(usize::MAX);
    let (rows, more) = checked(options, |see| layout.walk(bytes, most, see))?;
    header::wanted(rows, options)?;
    let mut report = OpenReport { column_header: layout.has_header, stopped_at_limit: more, ..OpenReport::default() };
    let table = collected(rows, layout.size, options, &mut report, |see| layout.walk(bytes, most, see))?;
    Ok((table, report))
}

impl Layout {
    /// Passes on every row with its word and numbers, at most `most`. Returns whether there are more.
    fn walk(&self, bytes: &[u8], most: usize, see: &mut See<'_>) -> Result<bool, FormatError> {
        let mut fields = Fields::new(bytes, self.separator);
        let (mut word, mut numbers, mut row) = (Vec::new(), Vec::new(), 0);
        if self.has_header && !fields.is_at_end() {
            fields.row(|_, _| ());
        }
        while !fields.is_at_end() {
            if row == most {
                return Ok(true);
            }
            let line = fields.line();
            let (got, wrong) = self.row(&mut fields, &mut word, &mut numbers);
            let last = fields.is_at_end();
            let expected = self.size;
            if let Some(got) = wrong {
                return Err(FormatError::RowNumber { line, expected, got });
            }
            if got != expected {
                return Err(FormatError::RowLength { line, expected, got, row, last });
            }
            if word.contains(&0) {
                return Err(FormatError::Nul { line });
            }
            see(row, &word, &numbers)?;
            row += 1;
        }
        Ok(false)
    }

    /// Reads one row; returns how many numbers it has, of which those beyond the vector's are not kept, and the first field that is
    /// not a number.
    fn row(&self, fields: &mut Fields<'_>, word: &mut Vec<u8>, numbers: &mut Vec<f32>) -> (usize, Option<String>) {
        let (mut got, mut wrong) = (0, None);
        numbers.clear();
        word.clear();
        let mut push = |number: Option<f32>, field: &[u8]| {
            got += 1;
            match number {
                Some(number) if got <= self.size => numbers.push(number),
                Some(_) => {}
                None => wrong = wrong.take().or_else(|| Some(lossy(field))),
            }
        };
        fields.row(|column, field| match column.checked_sub(self.word) {
            None => {}
            Some(0) => word.extend_from_slice(field),
            Some(1) if self.is_list => list(field).for_each(|number| push(number, field)),
            Some(_) => push(parsed(field, self.separator), field),
        });
        (got, wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;

    fn opened(text: &str) -> (Vec<String>, Vec<f32>, OpenReport) {
        let (table, report) = read(text.as_bytes(), &OpenOptions::default()).unwrap_or_else(|e| panic!("{text}: {e}"));
        let Numbers::F32(numbers) = table.numbers else { panic!("single precision") };
        (table.vocabulary.words().map(str::to_owned).collect(), numbers, report)
    }

    #[test]
    fn tables_as_people_write_them_are_read() {
        for (text, has_header) in [
            ("king,0.5,1,-2\nnew york,3,4,5e-1\n", false),
            ("king, 0.5, 1, -2\nnew york, 3, 4, 0.5", false),
            ("word,0,1,2\nking,0.5,1,-2\nnew york,3,4,0.5\n", true),
            (",0,1,2\r\nking,0.5,1,-2\r\nnew york,3,4,0.5\r\n", true),
            (",word,d1,d2,d3\n0,king,0.5,1,-2\n1,new york,3,4,0.5\n", true),
            ("0,king,0.5,1,-2\n1,new york,3,4,0.5\n", false),
            (",word,0,1,2\n0,king,0.5,1,-2\n1,new york,3,4,0.5\n", true),
            ("word,vector\nking,\"[0.5, 1.0, -2]\"\n\"new york\",\"[3, 4, 0.5]\"\n", true),
            ("word,vector\nking,\"[ 0.5  1.\n -2. ]\"\nnew york,[3. 4. 0.5]\n", true),
            ("\u{feff}king;0,5;1;-2\nnew york;3;4;0,5\n", false),
            ("king|0.5|1|-2\nnew york|3|4|0.5\n", false),
            ("word\td1\td2\td3\nking\t0.5\t1\t-2\nnew york\t3\t4\t0.5\n", true),
            ("\"king\"\t0.5\t1\t-2\n\"new york\"\t3\t4\t0.5\n", false),
        ] {
            let (words, numbers, report) = opened(text);
            assert_eq!(
                (words, numbers),
                (vec!["king".into(), "new york".into()], vec![0.5, 1.0, -2.0, 3.0, 4.0, 0.5]),
                "{text}"
            );
            assert_eq!(report.column_header, has_header, "{text}");
        }
        let (words, numbers, _) = opened("\"a, \"\"b\"\"\",1\n,2\n");
        assert_eq!((words, numbers), (vec!["a, \"b\"".into(), String::new()], vec![1.0, 2.0]));
        assert_eq!(opened("1999,0.5,1\n2000,0.25,2\n").0, ["1999", "2000"]);
    }

    #[test]
    fn what_is_not_a_table_of_vectors_is_not_taken_for_one() {
        for text in [
            "a,b\nc,d\n",
            ", 0.1 0.2\n. 0.3 0.4\n",
            "0.1,0.2\n0.3,0.4\n",
            "king\n",
            "",
            "id,text\n1,\"a, b\"\n2,c\n",
            "a,1,x\nb,2,y\n",
            "king 0.1 0.2\nqueen 0.3 0.4\n",
        ] {
            assert!(!super::super::is_one(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_row_that_does_not_fit_is_refused_with_its_line() {
        let refused = |text: &str| read(text.as_bytes(), &OpenOptions::default()).unwrap_err();
        let start: String = (0..20).map(|i| format!("w{i},1,2\n")).collect();
        let got = refused(&format!("{start}x,1\ny,1,2\n"));
        assert!(matches!(got, FormatError::RowLength { line: 21, expected: 2, got: 1, row: 20, last: false }), "{got}");
        let got = refused(&format!("{start}x,1,2,3\n"));
        assert!(matches!(got, FormatError::RowLength { line: 21, got: 3, last: true, .. }), "{got}");
        let got = refused(&format!("{start}x,1,two\n"));
        assert!(matches!(got, FormatError::RowNumber { line: 21, .. }), "{got}");
        let got = refused(&format!("{start}x,1,nan\n"));
        assert!(matches!(got, FormatError::NotFiniteRow { row: 20, .. }), "{got}");
        let two = OpenOptions { limit: Some(2), ..OpenOptions::default() };
        let (table, report) = read(format!("{start}x,1\n").as_bytes(), &two).unwrap();
        assert!(table.vocabulary.len() == 2 && report.stopped_at_limit);
    }
}
