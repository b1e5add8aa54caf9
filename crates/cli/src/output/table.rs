//! Tables that fit the terminal. Pure: cells in, lines out.

use std::borrow::Cow;

use console::{measure_text_width, truncate_str};

use super::text::{Style, harmless};

/// A column narrower than this says nothing any more.
const MIN_WIDTH: usize = 8;
const GAP: &str = "  ";

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

impl Column {
    /// A column of text.
    pub(crate) const fn text(title: &'static str) -> Self {
        Self { title, align: Align::Left }
    }

    /// A column of numbers.
    pub(crate) const fn number(title: &'static str) -> Self {
        Self { title, align: Align::Right }
    }
}

/// Rows under columns. Cells are text from elsewhere and are made harmless here.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    /// The widths of the columns, once a page of rows has been written.
    widths: Option<Vec<usize>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), widths: None }
    }

    /// Adds a row; a missing cell is empty.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.iter().map(|cell| harmless(cell)).collect());
    }

    /// The lines of the rows so far, which are then gone; titles stand above the first page alone, and later pages keep its
    /// columns. With a `limit`, the widest columns give way until every line fits, as far as that goes; without, nothing is
    /// cut.
    pub(crate) fn page(&mut self, limit: Option<usize>, style: Style) -> String {
        let mut text = String::new();
        let widths = match self.widths.take() {
            Some(widths) => widths,
            None => {
                let widths = self.fit(limit);
                let titles: Vec<String> = self.columns.iter().map(|column| column.title.to_owned()).collect();
                text = style.bold(&self.line(&titles, &widths, limit)) + "\n";
                widths
            }
        };
        for row in &self.rows {
            text.push_str(&self.line(row, &widths, limit));
            text.push('\n');
        }
        self.rows.clear();
        self.widths = Some(widths);
        text
    }

    fn fit(&self, limit: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| measure_text_width(column.title)).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(measure_text_width(cell));
            }
        }
        let Some(limit) = limit else { return widths };
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > limit {
            match widths.iter_mut().max() {
                Some(widest) if *widest > MIN_WIDTH => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize], limit: Option<usize>) -> String {
        let mut line = String::new();
        for (index, (column, width)) in self.columns.iter().zip(widths).enumerate() {
            let cell = cells.get(index).map_or("", String::as_str);
            let cell = if limit.is_some() { truncate_str(cell, *width, "…") } else { Cow::Borrowed(cell) };
            let blanks = " ".repeat(width.saturating_sub(measure_text_width(&cell)));
            if index > 0 {
                line.push_str(GAP);
            }
            match column.align {
                Align::Left => line.extend([cell.as_ref(), &blanks]),
                Align::Right => line.extend([&blanks, cell.as_ref()]),
            }
        }
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[Column::text("NAME"), Column::number("SIZE"), Column::text("DESCRIPTION")]);
        table.row(&["shop-web".into(), "9".into(), "The shop of the demonstration\x07".into()]);
        table.row(&["支付网关".into(), "1200".into(), String::new()]);
        table
    }

    #[test]
    fn aligns_by_what_is_seen() {
        insta::assert_snapshot!(table().page(None, Style::Plain), @r"
        NAME      SIZE  DESCRIPTION
        shop-web     9  The shop of the demonstration\u{7}
        支付网关  1200
        ");
    }

    #[test]
    fn fits_the_terminal() {
        let text = table().page(Some(30), Style::Plain);
        insta::assert_snapshot!(text, @r"
        NAME      SIZE  DESCRIPTION
        shop-web     9  The shop of t…
        支付网关  1200
        ");
        assert!(text.lines().all(|line| measure_text_width(line) <= 30));
    }

    #[test]
    fn later_pages_keep_the_columns_and_lose_nothing() {
        let mut table = table();
        let first = table.page(None, Style::Plain);
        table.row(&["a-very-long-name".into(), "7".into(), "x".into()]);
        table.row(&["b".into(), "8".into(), "y".into()]);
        assert_eq!(first.lines().count(), 3);
        insta::assert_snapshot!(table.page(None, Style::Plain), @r"
        a-very-long-name     7  x
        b            8  y
        ");
    }
}
