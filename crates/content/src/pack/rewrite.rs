//! Putting segments that lie in packs into new ones: out of many small packs, out of packs that hold mostly what nobody needs, and out of
//! packs that happen to hold a copy.

use std::io;

use packhorse_model::Digest;

use super::writer::{Filling, PackWriter, StoredPack};
use super::{PackSource, PackStore, SegmentLocation};
use crate::segment::Segment;
use crate::segment::cut::Density;
use crate::source::ContentSource as _;

/// Writes segments, which lie where it is said, into new packs. Every byte is verified on its way. What is given in the order in which it lies is
/// read once, and stays together.
///
/// # Errors
/// Those of `from`, with [`super::Damage`] as the cause where bytes are not what they should be, and those of `to`. Nothing refers to packs
/// that were written by then.
pub fn rewrite(
    from: &dyn PackStore,
    segments: &[(Digest, SegmentLocation)],
    to: &dyn PackStore,
) -> io::Result<Vec<StoredPack>> {
    let mut source = PackSource::new(from);
    source.add_segments(segments.iter().copied());
    let mut written = Vec::new();
    let mut writer = PackWriter::new(Filling::KEPT, |pack: StoredPack, bytes: Vec<u8>| {
        to.write(&pack.id, &bytes)?;
        written.push(pack);
        Ok(())
    })?;
    for (digest, at) in segments {
        let segment = Segment { digest: *digest, len: at.len };
        let bytes = source.segment(&segment)?;
        writer.add(segment, &bytes, Density::Unknown)?;
    }
    writer.finish()?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::codec::digest_of;
    use crate::pack::{Damage, MemoryPacks, find};

    /// A pack for each text, and where each text lies.
    fn packs(texts: &[&[u8]]) -> (MemoryPacks, Vec<(Digest, SegmentLocation)>) {
        let (store, mut all) = (MemoryPacks::default(), Vec::new());
        for text in texts {
            let mut writer = PackWriter::new(Filling::KEPT, |pack: StoredPack, bytes: Vec<u8>| {
                store.write(&pack.id, &bytes)?;
                all.extend(pack.segments.iter().map(|(segment, at)| (segment.digest, *at)));
                Ok(())
            })
            .unwrap();
            writer.add(Segment::of(text).unwrap(), text, Density::Unknown).unwrap();
            writer.finish().unwrap();
        }
        (store, all)
    }

    #[test]
    fn many_packs_become_one_that_holds_the_same() {
        let texts: [&[u8]; 3] = [b"one", b"two", b"three"];
        let (store, all) = packs(&texts);
        let written = rewrite(&store, &all, &store).unwrap();
        assert_eq!((written.len(), written[0].segments.len()), (1, 3));
        let mut source = PackSource::new(&store);
        source.add_segments(written[0].segments.iter().map(|(segment, at)| (segment.digest, *at)));
        for text in texts {
            assert_eq!(source.segment(&Segment::of(text).unwrap()).unwrap(), text);
        }
        assert!(rewrite(&store, &[], &store).unwrap().is_empty());
    }

    #[test]
    fn a_copy_is_found_and_damage_is_told() {
        let (store, all) = packs(&[b"one", b"two"]);
        let wanted: BTreeSet<Digest> = [digest_of(b"two"), digest_of(b"four")].into();
        let found: Vec<_> = all.iter().flat_map(|(_, at)| find(&store, &at.pack, &wanted).unwrap()).collect();
        assert_eq!(found, all[1..]);
        let size = usize::try_from(store.size(&all[1].1.pack).unwrap()).unwrap();
        let mut bytes = store.read_range(&all[1].1.pack, 0, size).unwrap();
        bytes[22] ^= 1;
        store.write(&all[1].1.pack, &bytes).unwrap();
        assert!(find(&store, &all[1].1.pack, &wanted).unwrap().is_empty());
        assert!(find(&store, &digest_of(b"no pack"), &wanted).unwrap().is_empty());
        let error = rewrite(&store, &all, &store).unwrap_err();
        assert_eq!(Damage::of(&error).unwrap().pack, all[1].1.pack);
    }
}
