//! The headers that make a call the actor's (SPEC A1).

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Actor;

/// An actor that can't be put into headers as they are. To send something near it would be to act as somebody else.
#[derive(Debug, thiserror::Error)]
#[error("{what} can't be sent as a header")]
pub(crate) struct Unsendable {
    what: &'static str,
}

/// User, uid, each group and each extra value, from the session and nothing else.
pub(crate) fn impersonation(actor: &Actor) -> Result<HeaderMap, Unsendable> {
    let mut headers = HeaderMap::new();
    headers.insert("impersonate-user", value(&actor.user, "the user name")?);
    if let Some(uid) = &actor.uid {
        headers.insert("impersonate-uid", value(uid, "the uid")?);
    }
    for group in &actor.groups {
        headers.append("impersonate-group", value(group, "a group")?);
    }
    for (key, values) in &actor.extra {
        let name = HeaderName::from_bytes(format!("impersonate-extra-{}", escaped(key)).as_bytes())
            .map_err(|_| Unsendable { what: "an extra key" })?;
        for text in values {
            headers.append(name.clone(), value(text, "an extra value")?);
        }
    }
    Ok(headers)
}

/// Without a user the API server would take the call as Musterbook's own, and HTTP drops outer spaces: either would be
/// another identity than the session's.
fn value(text: &str, what: &'static str) -> Result<HeaderValue, Unsendable> {
    if text.is_empty() || text.trim() != text {
        return Err(Unsendable { what });
    }
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| Unsendable { what })
}

/// Header names know no case and few characters: the API server lowers them and then decodes percent signs.
fn escaped(key: &str) -> String {
    key.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn actor(user: &str) -> Actor {
        Actor { user: user.into(), groups: vec![], uid: None, extra: BTreeMap::new() }
    }

    #[test]
    fn a1_groups_are_repeated_and_extra_keys_are_escaped() {
        let jane = Actor {
            groups: vec!["a".into(), "b, c".into()],
            uid: Some("7".into()),
            extra: BTreeMap::from([("example.com/Scope".into(), vec!["x".into(), "y".into()])]),
            ..actor("jane")
        };
        let headers = impersonation(&jane).unwrap();
        let all = |name: &str| headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(all("impersonate-user"), ["jane"]);
        assert_eq!(all("impersonate-uid"), ["7"]);
        assert_eq!(all("impersonate-group"), ["a", "b, c"]);
        assert_eq!(all("impersonate-extra-example.com%2f%53cope"), ["x", "y"]);
    }

    #[test]
    fn a1_an_actor_that_would_arrive_as_somebody_else_is_not_sent() {
        for bad in ["", " admin", "admin ", "a\r\nimpersonate-group: system:masters", "a\u{0}"] {
            assert!(impersonation(&actor(bad)).is_err(), "{bad:?}");
            assert!(impersonation(&Actor { groups: vec![bad.into()], ..actor("jane") }).is_err(), "{bad:?}");
        }
        assert!(impersonation(&actor("王芳")).is_ok());
    }
}
