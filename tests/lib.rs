//! Tests of the whole system, with real processes: `system/`. And of real samples: `conformance/`.
