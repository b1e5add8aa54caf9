//! What tests need and the product does not: real processes, a real site of a server and its agents, an application that leaves
//! traces, and databases. Never shipped.

pub mod app;
pub mod bench;
pub mod dice;
pub mod mariadb;
pub mod postgres;
pub mod process;
pub mod world;
