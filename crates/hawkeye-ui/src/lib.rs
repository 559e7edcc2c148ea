//! The files of the web UI, embedded from `ui/dist`, or an honest placeholder when it was not built.
//!
//! A leaf crate, so that a change of the UI recompiles nothing else. A debug build reads the files from disk.

use std::borrow::Cow;

use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dist;

const PLACEHOLDER: &str = include_str!("placeholder.html");

/// A file to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: String,
    /// The name changes with the content, so that browsers may keep it for ever.
    pub is_immutable: bool,
}

/// The file with exactly this path, for example `assets/index-4f3a.js`; `None` when there is none.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    // Only names that the build made exist; nothing may climb out of the folder.
    if path.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return None;
    }
    let file = Dist::get(path)?;
    let content_type = match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8".to_owned(),
        _ => file.metadata.mimetype().to_owned(),
    };
    Some(Asset { bytes: file.data, content_type, is_immutable: path.starts_with("assets/") })
}

/// The page that every address of the UI starts with.
#[must_use]
pub fn index() -> Asset {
    asset("index.html").unwrap_or(Asset {
        bytes: Cow::Borrowed(PLACEHOLDER.as_bytes()),
        content_type: "text/html; charset=utf-8".into(),
        is_immutable: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_climb_or_hide_are_refused() {
        for path in
            ["", "/", "../Cargo.toml", "assets/../index.html", ".gitignore", "assets//x", "/etc/passwd"]
        {
            assert_eq!(asset(path), None, "{path}");
        }
    }

    #[test]
    fn there_is_always_a_page() {
        let page = index();
        assert!(page.content_type.starts_with("text/html"));
        assert!(String::from_utf8_lossy(&page.bytes).contains("Hawkeye"));
    }
}
