//! The figures as a picture.

use std::fmt::Write as _;

use crate::servers::PEERS;

const LABELS: usize = 320;
const BARS: f64 = 420.0;
const ROW: usize = 44;
const COLORS: [&str; 2] = ["#2f6fab", "#b4652b"];

/// Draws two bars for each row: HS256 and RS256.
pub(crate) fn svg(columns: &[Vec<[f64; 2]>; 2]) -> String {
    let (width, height) = (LABELS + BARS as usize + 60, PEERS.len() * ROW + 50);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Requests per second, relative to the open route</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (at, (name, color)) in ["HS256", "RS256"].into_iter().zip(COLORS).enumerate() {
        let x = LABELS + at * 90;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"12\" width=\"12\" height=\"12\" fill=\"{color}\"/><text x=\"{}\" y=\"23\">{name}</text>",
            x + 18
        );
    }
    for (row, peer) in PEERS.iter().enumerate() {
        let y = 40 + row * ROW;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LABELS - 10,
            y + 20,
            peer.name
        );
        for (at, (column, color)) in columns.iter().zip(COLORS).enumerate() {
            let [rate, _] = column[row];
            let (length, y) = (rate * BARS, y + at * 17);
            let _ = writeln!(
                svg,
                "<rect x=\"{LABELS}\" y=\"{y}\" width=\"{length:.0}\" height=\"14\" fill=\"{color}\"/>\
                 <text x=\"{:.0}\" y=\"{}\" font-size=\"12\">{:.2}</text>",
                LABELS as f64 + length + 6.0,
                y + 12,
                rate
            );
        }
    }
    svg + "</svg>\n"
}
