//! A properties file of a build, `KEY=VALUE` a line: what it says stands behind the command line. Pure.

use std::collections::BTreeMap;

/// Reads the properties; lines that begin with `#` or `!` are comments.
pub(super) fn read(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '!']));
    let pairs = lines.filter_map(|line| line.split_once(['=', ':']));
    pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read() {
        let read = read("# build\nbuildstamp = 1.2.3\n\n!x\nvendor: We = us\nnothing\n");
        assert_eq!(
            read.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
            ["buildstamp=1.2.3", "vendor=We = us"]
        );
    }
}
