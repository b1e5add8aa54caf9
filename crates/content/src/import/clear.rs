//! TARS's rules for cleaning: `directory threshold command parameter target`, one a line. A line with `#` in it is none.

use packhorse_model::manifest::{CleanupAction, CleanupRule};

use super::{Manifest, Notes};

/// Reads the rules of lines that are counted from 0.
pub(super) fn rules<'a>(lines: impl Iterator<Item = (usize, &'a str)>, manifest: &mut Manifest, notes: &mut Notes) {
    for (at, line) in lines.filter(|(_, line)| !line.contains('#') && !line.trim().is_empty()) {
        match rule(line) {
            Ok(rule) => {
                notes.taken(at + 1, &format!("cleanup of {}", rule.directory));
                manifest.cleanup.push(rule);
            }
            Err(why) => notes.left(at + 1, &format!("{:?}: {why}", line.trim()), "write the rule as [[cleanup]]"),
        }
    }
}

fn rule(line: &str) -> Result<CleanupRule, &'static str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [directory, threshold, command, parameter, target] = words[..] else {
        return Err("not directory, threshold, command, parameter and target");
    };
    let action = match command {
        "delete" => CleanupAction::Delete,
        "tar" => CleanupAction::Archive,
        "clear" => CleanupAction::Truncate,
        "warning" => CleanupAction::Warn,
        _ => return Err("the command is not delete, tar, clear or warning"),
    };
    let limits = limits(threshold);
    // A warning looks at every run; the others never fire without a threshold that can be read.
    let (partition_percent, directory_mib) = match (action, limits) {
        (CleanupAction::Warn, _) => (None, None),
        (_, Some((percent, mib))) => (Some(percent), Some(mib)),
        (_, None) => return Err("the threshold is not PERCENT%:SIZEm, so that it never fires"),
    };
    let (older_than, larger_than_kib) = match action {
        CleanupAction::Delete | CleanupAction::Archive => {
            (Some(age(parameter).ok_or("the age is not N, Nh or Nm")?), None)
        }
        CleanupAction::Truncate | CleanupAction::Warn => {
            (None, Some(kib(parameter).ok_or("the size is not N, Nk, Nm or Ng")?))
        }
    };
    Ok(CleanupRule {
        directory: directory.trim_end_matches('/').to_owned(),
        partition_percent,
        directory_mib,
        action,
        older_than,
        larger_than_kib,
        glob: target.to_owned(),
    })
}

/// `85%:2000M`: percent of the partition, MiB of the directory.
fn limits(text: &str) -> Option<(u8, u64)> {
    let (percent, size) = text.split_once("%:")?;
    let mib = size.strip_suffix(['M', 'm'])?.parse().ok()?;
    Some((percent.parse().ok().filter(|percent| (1..=100).contains(percent))?, mib))
}

fn age(text: &str) -> Option<String> {
    let number = text.strip_suffix(['h', 'm']).unwrap_or(text);
    number.parse::<u32>().ok().filter(|number| *number > 0)?;
    Some(if number.len() == text.len() { format!("{text}d") } else { text.to_owned() })
}

fn kib(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let factor = match lower.bytes().last()? {
        b'g' => 1 << 20,
        b'm' => 1 << 10,
        _ => 1,
    };
    lower.trim_end_matches(['k', 'm', 'g']).parse::<u64>().ok()?.checked_mul(factor)
}
