//! Tests of the whole system: with real processes in `system/`, under simulation in `simulation/`; and of real samples in `conformance/`.
