//! Reading knowledge: lexicons, rules and models, embedded or from `--resources DIR`.

pub mod resources;

pub use resources::Resources;
