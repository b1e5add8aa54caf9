//! Asks, and says how long the answers took.

use std::fmt;
use std::time::Instant;

use crate::calls::Call;
use crate::site::{Failure, Site};

/// How far one leafs into a list with every other request.
const LEAVES: u32 = 2;

struct Line {
    name: &'static str,
    millis: Vec<f64>,
    total: String,
}

/// What was measured.
pub(crate) struct Table(Vec<Line>);

/// The value below which this share of the sorted values lies.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(at.saturating_sub(1).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

impl Table {
    pub(crate) fn worst_p99(&self) -> f64 {
        self.0.iter().map(|line| percentile(&line.millis, 0.99)).fold(0.0, f64::max)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| list | rows | p50 ms | p99 ms | most ms |\n|---|--:|--:|--:|--:|")?;
        for Line { name, millis, total } in &self.0 {
            let at = |share| percentile(millis, share);
            writeln!(f, "| {name} | {total} | {:.1} | {:.1} | {:.1} |", at(0.5), at(0.99), at(1.0))?;
        }
        Ok(())
    }
}

/// Sends every kind of request so often, one after another, and every other one with the pages that follow.
pub(crate) async fn measure(site: &Site, calls: &[Call], requests: u32) -> Result<Table, Failure> {
    let mut lines = Vec::new();
    for call in calls {
        let mut line = Line { name: call.name, millis: Vec::new(), total: String::new() };
        for n in 0..requests {
            let path = (call.path)(n);
            let mut page = timed(site, &path, &mut line.millis).await?;
            let bound = if page["counted"] == "at_least" { "≥ " } else { "" };
            line.total = format!("{bound}{}", page["total"]);
            for _ in 0..if n % 2 == 0 { 0 } else { LEAVES } {
                let Some(next) = page["next"].as_str() else { break };
                let sign = if path.contains('?') { '&' } else { '?' };
                page = timed(site, &format!("{path}{sign}cursor={next}"), &mut line.millis).await?;
            }
        }
        line.millis.sort_by(f64::total_cmp);
        lines.push(line);
    }
    Ok(Table(lines))
}

async fn timed(site: &Site, path: &str, millis: &mut Vec<f64>) -> Result<serde_json::Value, Failure> {
    let begin = Instant::now();
    let page = site.get(path).await?;
    millis.push(begin.elapsed().as_secs_f64() * 1000.0);
    Ok(page)
}
