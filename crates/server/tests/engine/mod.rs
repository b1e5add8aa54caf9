//! The release engine, from the API down to the rows, with hosts that are played.

mod agents;
mod budget;
mod config;
mod control;
mod database_tests;
mod databases;
mod driver;
mod events;
mod failures;
mod fixture;
mod guard_rails;
mod named_strategies;
mod operations;
mod plans;
mod postgres;
mod recovery;
mod rollout;
mod scripts;
mod states;
mod strategies;
mod targets;
mod together;
mod together_back;
mod together_control;
mod unresolved;
mod values;
