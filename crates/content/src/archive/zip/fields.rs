//! Little-endian fields and extra fields of zip records.

use super::super::fault::Fault;

/// Reads fields one after the other.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (field, rest) = self.0.split_first_chunk().ok_or_else(malformed)?;
        self.0 = rest;
        Ok(*field)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(taken)
    }
}

fn malformed() -> Fault {
    Fault::Contradiction { why: "a record is cut off".to_owned() }
}

/// The extra field with this number, if it is there once.
pub(super) fn extra(field: &[u8], number: u16) -> Result<Option<&[u8]>, Fault> {
    const NUMBER_AND_SIZE: usize = 4;
    let mut fields = Fields::new(field);
    let mut found = None;
    // Alignment tools leave up to three bytes at the end.
    while fields.0.len() >= NUMBER_AND_SIZE {
        let (this, size) = (fields.u16()?, fields.u16()?);
        let content = fields.take(usize::from(size))?;
        if this == number && found.replace(content).is_some() {
            return Err(Fault::Contradiction { why: "an extra field is there twice".to_owned() });
        }
    }
    Ok(found)
}

/// Values of 32 bits, each taken from the zip64 extra field where it says so by being all ones.
pub(super) fn zip64(field: &[u8], values: &[u32]) -> Result<Vec<u64>, Fault> {
    const ZIP64: u16 = 1;
    let mut large = Fields::new(extra(field, ZIP64)?.unwrap_or_default());
    values.iter().map(|value| if *value == u32::MAX { large.u64() } else { Ok(u64::from(*value)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_extra_fields() {
        let field = [1, 0, 8, 0, 5, 0, 0, 0, 1, 0, 0, 0, 9, 0, 1, 0, 7, 0];
        assert_eq!(extra(&field, 9), Ok(Some(&[7][..])));
        assert_eq!(extra(&field, 8), Ok(None));
        assert_eq!(zip64(&field, &[3, u32::MAX]), Ok(vec![3, (1 << 32) + 5]));
        assert!(zip64(&field, &[u32::MAX, u32::MAX]).is_err());
        assert!(extra(&[1, 0, 8, 0, 1], 1).is_err());
        assert!(extra(&[9, 0, 0, 0, 9, 0, 0, 0], 9).is_err());
    }
}
