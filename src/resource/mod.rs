//! Reading knowledge: lexicons, rules and models, embedded or from `--resources DIR`.

pub mod compile;
pub mod gazetteer;
pub mod resources;
pub mod table;

pub use gazetteer::Gazetteer;
pub use resources::Resources;
pub use table::Table;
