//! Where a symbolic link of a tree leads: whether it stays inside, as the kernel would follow it.

use crate::path::{EntryPath, LinkTarget};
use crate::tree::{EntryKind, Tree};

/// Most names that are walked for one link, links through links included; the kernel gives up after 40 links.
const MAX_STEPS: usize = 256;

/// Why a link was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// Above the root of the tree.
    #[error("leads out of the package")]
    Outside,
    /// In circles, or through too many others.
    #[error("leads in circles, or through too many other links")]
    Loop,
}

/// Follows a link, and the links that it leads through, to the end; what it finds there need not exist.
///
/// The walk is the kernel's: `..` goes up from where the links before it have led, not from where the text stands.
pub(crate) fn resolve(tree: &Tree, link: &EntryPath, target: &LinkTarget) -> Result<(), LinkFault> {
    let mut at = link.parent().unwrap_or_default().to_owned();
    let mut ahead: Vec<&str> = target.names().rev().collect();
    let mut steps = 0;
    while let Some(name) = ahead.pop() {
        steps += 1;
        if steps > MAX_STEPS {
            return Err(LinkFault::Loop);
        }
        let folder_end = at.len();
        if name == ".." {
            if at.is_empty() {
                return Err(LinkFault::Outside);
            }
            at.truncate(at.rfind('/').unwrap_or(0));
            continue;
        }
        if !at.is_empty() {
            at.push('/');
        }
        at.push_str(name);
        if let Some(EntryKind::Symlink { target }) = tree.get(&at).map(|entry| &entry.kind) {
            at.truncate(folder_end);
            ahead.extend(target.names().rev());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::tree::tests::{directory, file, link};
    use crate::tree::{Tree, TreeError};

    use super::LinkFault;

    fn fault(entries: &[(&str, &str)]) -> Option<LinkFault> {
        let links = entries.iter().map(|(path, target)| link(path, target));
        let entries = [directory("a"), directory("a/b"), file("f", b"")].into_iter().chain(links).collect();
        match Tree::new(entries) {
            Ok(_) => None,
            Err(TreeError::Link { fault, .. }) => Some(fault),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn links_inside_are_kept() {
        for links in [
            &[("l", "f")][..],
            &[("a/l", "../f")],
            &[("a/b/l", "../../a/./b")],
            &[("l", "does/not/exist")],
            &[("l", "a/b"), ("m", "l/../b")],
            &[("l", "."), ("m", "l/l/l/f")],
        ] {
            assert_eq!(fault(links), None, "{links:?}");
        }
    }

    #[test]
    fn links_that_leave_are_not() {
        for links in [
            &[("l", "..")][..],
            &[("a/l", "../../etc/passwd")],
            &[("a/l", "../a/../../f")],
            // Textually inside, but `..` is taken from where the first link leads.
            &[("a/b/up", "../.."), ("a/b/l", "up/..")],
            &[("d", "nowhere/../..")],
        ] {
            assert_eq!(fault(links), Some(LinkFault::Outside), "{links:?}");
        }
    }

    #[test]
    fn links_in_circles_are_not() {
        assert_eq!(fault(&[("l", "l")]), Some(LinkFault::Loop));
        assert_eq!(fault(&[("l", "m/x"), ("m", "l/y")]), Some(LinkFault::Loop));
    }
}
