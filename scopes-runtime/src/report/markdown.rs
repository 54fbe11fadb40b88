use super::{Report, in_one_line, requirement};

impl Report {
    /// Returns the report as a Markdown table and a list of the scopes that no operation requires, without a line break at the
    /// end. For a page of documentation, or the description of a change.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let has_reasons = self.operations.iter().any(|operation| operation.access.reason().is_some());
        let mut headings = vec!["Method", "Path", "Requires", "Handler"];
        headings.extend(has_reasons.then_some("Reason"));
        let mut lines = vec![row(&headings), row(&vec!["---"; headings.len()])];
        for operation in &self.operations {
            let required = requirement(&operation.access, code);
            let handler =
                operation.handler.as_ref().map(|handler| code(&handler.to_string())).unwrap_or_default();
            let reason = operation.access.reason().map(plain).unwrap_or_default();
            let cells =
                [&code(&operation.methods.to_string()), &code(&operation.path), &required, &handler, &reason];
            lines.push(row(&cells.map(String::as_str)[..headings.len()]));
        }
        if !self.unrequired.is_empty() {
            lines.extend(["", "Declared scopes that no operation requires:", ""].map(str::to_owned));
        }
        for unrequired in &self.unrequired {
            let implied: Vec<_> = unrequired.implies.iter().map(|name| code(name)).collect();
            let implied = if implied.is_empty() { "none".to_owned() } else { implied.join(", ") };
            lines.push(format!("- {}, which implies {implied}", code(unrequired.scope)));
        }
        lines.join("\n")
    }
}

fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Returns a code span, in more backticks than the text has in a row. A `|` is escaped because it ends the cell of a table
/// even in a code span.
fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", in_one_line(text).replace('|', "\\|"))
}

/// Escapes all markup.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in in_one_line(text).chars() {
        if "\\`*_[]<>|~&#$".contains(character) {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}
