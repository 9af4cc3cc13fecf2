//! Who asks, and what that lets them see.

use super::words::{Role, Word};

/// The members that are withheld from the public, wherever they stand: null in rows, and no columns in exports.
pub const WITHHELD: [&str; 6] = ["scheduled_on", "fighters", "civilians", "members_remaining", "notes", "excerpt"];

/// Who reads: a parameter of every read, so that no path can forget it.
///
/// What a viewer may not read does not exist for them: in lists, counts, filters, suggestions and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Viewer {
    /// Without a token: only public batches and returns that have left or come back, and of them only what is public.
    Public,
    /// With a reader's token: everything but what confidential sources are.
    Reader,
    /// With an editor's token or more: everything.
    Editor,
}

impl Viewer {
    /// Whether plans, restricted rows, notes and fighters may be seen.
    pub fn sees_restricted(self) -> bool {
        self >= Self::Reader
    }

    /// Whether confidential sources may be seen.
    pub fn sees_confidential(self) -> bool {
        self >= Self::Editor
    }
}

/// Who sent a request, as history records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name of the token, or of the command.
    pub name: String,
    /// What the token may do.
    pub role: Role,
}

impl Actor {
    /// The command line: whoever can run it holds the database anyway.
    pub fn command(name: &str) -> Self {
        Self { name: name.to_owned(), role: Role::Admin }
    }

    /// How much this actor sees.
    pub fn viewer(&self) -> Viewer {
        match self.role {
            Role::Reader => Viewer::Reader,
            Role::Editor | Role::Admin => Viewer::Editor,
        }
    }

    /// Whether the role includes another.
    pub fn may(&self, role: Role) -> bool {
        let rank = |role| Role::ALL.iter().position(|one| *one == role);
        rank(self.role) >= rank(role)
    }
}
