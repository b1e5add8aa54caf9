//! Files of other systems, read into our words and written out of them. Pure: texts in, texts out.

pub mod project_xml;
