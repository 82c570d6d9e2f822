//! What stands for `panels` on CPUs that are not of the x86 kind.

use super::lanes::{LANES, Tile};

/// No room.
#[derive(Debug, Default)]
pub(super) struct Room;

/// There are none.
#[derive(Debug)]
pub(super) enum Panels {}

impl Panels {
    /// Never.
    pub(super) fn are_best() -> bool {
        false
    }

    /// Nothing.
    pub(super) fn new(_: &[i8], _: usize) -> Option<Self> {
        None
    }

    /// Of none.
    pub(super) fn pairs(&self) -> usize {
        match *self {}
    }

    /// Of none.
    pub(super) fn products(&self, _: &[Tile], _: &mut Room, _: impl FnMut(usize, &[[i32; LANES]])) {
        match *self {}
    }
}
