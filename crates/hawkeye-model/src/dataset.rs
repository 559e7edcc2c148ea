//! Where requests come from, and with them everything that is concluded from them.

/// Demo data can be removed as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dataset {
    Live,
    Demo,
}

impl Dataset {
    pub const ALL: [Self; 2] = [Self::Live, Self::Demo];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Demo => "demo",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.as_str() == text)
    }
}
