//! The stages that work beside each other, joined by bounded channels: read and hash, unpack, (cut,) pack, write.
//!
//! An error travels downstream in place of data. A stage whose receiver is gone stops in silence: whoever left knows why.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender};

use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::ArchiveDigests;
use super::storer::ToPack;
use crate::archive::decode::Decoder;
use crate::archive::{ArchiveError, BLOCK, Container, Stream};
use crate::pack::{Filling, PackStore, PackWriter, StoredPack};

/// What the reader sends.
pub(super) type Chunk = io::Result<Vec<u8>>;
/// What the unpacker sends.
pub(super) type Block = Result<Vec<u8>, ArchiveError>;

/// Reads the archive and hashes it as it is.
pub(super) fn read(mut input: impl Read, out: &SyncSender<Chunk>) -> ArchiveDigests {
    let (mut sha256, mut md5, mut blake3, mut size) = (Sha256::new(), Md5::new(), blake3::Hasher::new(), 0);
    loop {
        let mut chunk = Vec::with_capacity(BLOCK);
        let result = input.by_ref().take(BLOCK as u64).read_to_end(&mut chunk);
        if matches!(result, Ok(0)) {
            break;
        }
        sha256.update(&chunk);
        md5.update(&chunk);
        blake3.update(&chunk);
        size += chunk.len() as u64;
        let is_error = result.is_err();
        if out.send(result.map(|_| chunk)).is_err() || is_error {
            break;
        }
    }
    ArchiveDigests {
        sha256: sha256.finalize().into(),
        md5: md5.finalize().into(),
        blake3: (*blake3.finalize().as_bytes()).into(),
        size,
    }
}

/// Unpacks the compression around a tar.
pub(super) fn unpack(container: Container, input: Receiver<Chunk>, out: &SyncSender<Block>) {
    let mut decoder = match Decoder::new(container, Chunks::new(input)) {
        Ok(decoder) => decoder,
        Err(error) => {
            // If nobody is there to hear it, nobody needs it.
            let _ = out.send(Err(error.into()));
            return;
        }
    };
    loop {
        let mut block = vec![0; BLOCK];
        let result = decoder.read(&mut block).map(|count| block.truncate(count));
        let is_last = result.is_err() || block.is_empty();
        if out.send(result.map(|()| block)).is_err() || is_last {
            return;
        }
    }
}

/// Fills packs. Without the word that all is there, the last one is left out: the archive was refused.
pub(super) fn pack(input: &Receiver<ToPack>, out: &SyncSender<(StoredPack, Vec<u8>)>) -> io::Result<()> {
    let stopped = |_| io::Error::other("writing packs has stopped");
    let mut writer = PackWriter::new(Filling::KEPT, |pack, bytes| out.send((pack, bytes)).map_err(stopped))?;
    for message in input {
        let ToPack::Batch(batch) = message else { return writer.finish() };
        let mut rest = batch.bytes.as_slice();
        for (segment, density) in batch.segments {
            let (bytes, after) = rest.split_at(segment.len as usize);
            writer.add(segment, bytes, density)?;
            rest = after;
        }
    }
    Ok(())
}

/// Writes packs.
pub(super) fn write(input: &Receiver<(StoredPack, Vec<u8>)>, packs: &dyn PackStore) -> io::Result<Vec<StoredPack>> {
    let mut written = Vec::new();
    for (pack, bytes) in input {
        packs.write(&pack.id, &bytes)?;
        written.push(pack);
    }
    Ok(written)
}

/// What the reader sends, as one stream.
pub(super) struct Chunks {
    input: Receiver<Chunk>,
    chunk: Vec<u8>,
    at: usize,
}

impl Chunks {
    pub(super) fn new(input: Receiver<Chunk>) -> Self {
        Self { input, chunk: Vec::new(), at: 0 }
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // The reader sends no empty chunk; when it is done, it is gone.
        if self.at == self.chunk.len() {
            self.chunk = self.input.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            self.at = 0;
        }
        Ok(&self.chunk[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.chunk.len());
    }
}

/// What the unpacker sends, as one stream.
pub(super) struct Blocks {
    input: Receiver<Block>,
    block: Vec<u8>,
    at: usize,
}

impl Blocks {
    pub(super) fn new(input: Receiver<Block>) -> Self {
        Self { input, block: Vec::new(), at: 0 }
    }
}

impl Stream for Blocks {
    fn fill(&mut self) -> Result<&[u8], ArchiveError> {
        if self.at == self.block.len() {
            self.block = self.input.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            self.at = 0;
        }
        Ok(&self.block[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.block.len());
    }
}
