//! The equity curve as a picture: one SVG file that needs nothing else. The same report gives the
//! same bytes.

mod axis;
mod panel;

use std::fmt::Write;

use super::Report;
use super::text::{clock, counted};

/// The picture's width.
const WIDTH: f64 = 1200.0;
/// How high one currency's curve is, with its axes.
const PANEL: f64 = 560.0;
/// The room for the title.
const HEAD: f64 = 84.0;

const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,\
'DejaVu Sans',sans-serif;font-size:13px;fill:#4b5563}\
.title{font-size:20px;font-weight:600;fill:#111827}.currency{font-weight:600;fill:#111827}\
.grid{stroke:#e5e7eb;stroke-width:1}.zero{stroke:#9ca3af;stroke-width:1.2}\
.day{stroke:#d1d5db;stroke-width:1;stroke-dasharray:3 4}\
.fall{fill:#dc2626;fill-opacity:.13}.shade{fill:#dc2626;fill-opacity:.35}\
.equity{fill:none;stroke:#1d4ed8;stroke-width:1.8;stroke-linejoin:round}\
.buy{fill:#15803d}.sell{fill:#b91c1c}.hand{fill:#6b7280}\
.fill{stroke:#fff;stroke-width:1.2}";

/// Draws the equity of each currency, one under the other.
pub fn plot(report: &Report, title: &str) -> String {
    let panels = report.currencies.len().max(1);
    let height = HEAD + PANEL * f64::from(u32::try_from(panels).unwrap_or(u32::MAX));
    let mut svg = Svg::default();
    svg.line(format_args!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">"#
    ));
    svg.line(format_args!("<title>{}</title>", escape(title)));
    svg.line(format_args!("<style>{STYLE}</style>"));
    svg.line(format_args!(r##"<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>"##));
    svg.line(format_args!(r#"<text class="title" x="32" y="40">{}</text>"#, escape(title)));
    svg.line(format_args!(r#"<text x="32" y="64">{}</text>"#, escape(&subtitle(report))));
    if report.currencies.is_empty() {
        let (x, y) = (WIDTH / 2.0, HEAD + PANEL / 2.0);
        svg.line(format_args!(
            r#"<text x="{x}" y="{y}" text-anchor="middle">Nothing was traded.</text>"#
        ));
    }
    let mut top = HEAD;
    for summary in &report.currencies {
        panel::draw(&mut svg, summary, report, top);
        top += PANEL;
    }
    svg.line(format_args!("</svg>"));
    svg.text
}

fn subtitle(report: &Report) -> String {
    let mut text = match (report.from, report.to) {
        (Some(from), Some(to)) => format!("{} to {}  ·  ", clock(from), clock(to)),
        _ => String::new(),
    };
    text += &counted(report.trades.len() as u64, "trade");
    if !report.open.is_empty() {
        text +=
            &format!(", {} at the last price", counted(report.open.len() as u64, "open position"));
    }
    text
}

/// The picture as it grows.
#[derive(Default)]
struct Svg {
    text: String,
}

impl Svg {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// Text as XML takes it; control characters, which XML cannot hold at all, become a blank.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            it if it.is_control() => escaped.push(' '),
            it => escaped.push(it),
        }
    }
    escaped
}
