use std::fmt;

use super::{Report, in_one_line, requirement};

/// Writes tables with aligned columns, without a line break at the end.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = ["METHOD", "PATH", "REQUIRES", "HANDLER", "REASON"].map(str::to_owned);
        let mut rows = vec![heading];
        rows.extend(self.operations.iter().map(|operation| {
            [
                operation.methods.to_string(),
                in_one_line(&operation.path),
                requirement(&operation.access, str::to_owned),
                operation.handler.as_ref().map_or("-".to_owned(), ToString::to_string),
                operation.access.reason().map(in_one_line).unwrap_or_default(),
            ]
        }));
        if rows.iter().skip(1).all(|[.., reason]| reason.is_empty()) {
            let [.., reason] = &mut rows[0];
            reason.clear();
        }
        write_aligned(formatter, "", &rows)?;
        if !self.unrequired.is_empty() {
            formatter.write_str("\n\nDeclared scopes that no operation requires:\n")?;
            let implies = |names: &[&str]| match names {
                [] => "implies none".to_owned(),
                names => format!("implies {}", names.join(", ")),
            };
            let rows: Vec<_> = self
                .unrequired
                .iter()
                .map(|unrequired| [unrequired.scope.to_owned(), implies(unrequired.implies)])
                .collect();
            write_aligned(formatter, "  ", &rows)?;
        }
        Ok(())
    }
}

pub(crate) fn write_aligned<const COLUMNS: usize>(
    formatter: &mut fmt::Formatter<'_>,
    indentation: &str,
    rows: &[[String; COLUMNS]],
) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [_; COLUMNS] = std::array::from_fn(width);
    for (at, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line_break = if at == 0 { "" } else { "\n" };
        write!(formatter, "{line_break}{indentation}{}", line.trim_end())?;
    }
    Ok(())
}
