//! Where a form may send the browser: to this site and nowhere else.

use http::HeaderValue;

/// `path` as a `Location`, if a browser can only take it for a path of this site.
///
/// `//host` and `/\host` are other hosts, and browsers drop tabs and line breaks before they look, so that `/⇥/host` is one too.
pub fn own_path(path: &str) -> Option<HeaderValue> {
    let rest = path.strip_prefix('/')?;
    if rest.starts_with(['/', '\\']) || path.chars().any(char::is_control) {
        return None;
    }
    let mut location = String::with_capacity(path.len());
    for &byte in path.as_bytes() {
        match byte {
            b'!'..=b'~' => location.push(char::from(byte)),
            // Typed text in a query, which a header can't hold as it is.
            _ => location.push_str(&format!("%{byte:02X}")),
        }
    }
    HeaderValue::from_str(&location).ok()
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/a/b?q=1#x", "/a//b", "/a?next=https://x"] {
            assert_eq!(own_path(good).unwrap(), good);
        }
        for bad in ["", "a", "//evil", "/\\evil", "/\t/evil", "/\n/evil", "https://evil", "javascript:x", "\\\\evil"] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
        assert_eq!(own_path("/p?q=预 x").unwrap(), "/p?q=%E9%A2%84%20x");
    }
}
