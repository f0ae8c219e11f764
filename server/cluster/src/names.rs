//! Names that become path segments of a request to the API server (SPEC Z4). What can't be a name is refused here, so
//! that nothing typed into a URL reaches another path.

use musterbook_core::AppError;

/// A namespace's name: an RFC 1123 label.
pub(crate) fn project(name: &str) -> Result<&str, AppError> {
    musterbook_core::form::check_name(name).map(|()| name).map_err(|_| AppError::NotFound)
}

/// An object's name: an RFC 1123 subdomain. kubectl makes accounts with dots, and longer than 63 characters.
pub(crate) fn object(name: &str) -> Result<&str, AppError> {
    let label = |part: &str| {
        let bytes = part.as_bytes();
        let ends = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        ends(bytes.first())
            && ends(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    if name.len() <= 253 && name.split('.').all(label) { Ok(name) } else { Err(AppError::NotFound) }
}

/// An RBAC object's name, which may be more than an object's name else: anything that is one path segment.
pub(crate) fn path_segment(name: &str) -> Result<(), AppError> {
    let one = !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '%']);
    if one { Ok(()) } else { Err(AppError::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z4_nothing_but_a_name_gets_into_a_path() {
        for good in ["ci", "a.b", "0", &"x".repeat(200)] {
            assert!(object(good).is_ok(), "{good}");
        }
        for bad in ["", "..", ".", "a/b", "a?b", "a#b", "a%2fb", "A", "a..b", "-a", "a b", "ä", &"x".repeat(254)] {
            assert_eq!(object(bad), Err(AppError::NotFound), "{bad}");
            assert_eq!(project(bad), Err(AppError::NotFound), "{bad}");
        }
        assert!(project("a.b").is_err());
    }
}
