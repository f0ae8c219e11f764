//! What a form posts: our own fields, and the function's arguments.

use musterbook_app::post::{DONE_FIELD, FUNCTION_FIELD, INSTEAD_FIELD};

#[derive(Default)]
pub struct Fields {
    pub function: Option<String>,
    pub done: Option<String>,
    arguments: Vec<(String, String)>,
}

impl Fields {
    pub fn parse(body: &[u8]) -> Self {
        let (mut fields, mut instead) = (Self::default(), None);
        for (name, value) in form_urlencoded::parse(body).into_owned() {
            match name.as_str() {
                FUNCTION_FIELD => fields.function = Some(value),
                // A button may stand before the form or in it.
                INSTEAD_FIELD => instead = Some(value),
                DONE_FIELD => fields.done = Some(value),
                _ => fields.arguments.push((name, value)),
            }
        }
        fields.function = instead.or(fields.function);
        fields
    }

    /// As the function takes them, in the order they came.
    pub fn arguments(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.arguments).finish()
    }

    /// What may be shown again: no passwords and no pasted tokens, however their field is nested.
    pub fn into_shown(self) -> Vec<(String, String)> {
        let secret = |name: &str| ["password", "token"].iter().any(|word| name.to_ascii_lowercase().contains(word));
        self.arguments.into_iter().filter(|(name, _)| !secret(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c4_nested_fields_keep_name_and_order_and_passwords_are_not_shown() {
        let body = b"_fn=%2Fapi%2Fx&input%5Bname%5D=a+b&_done=%2Fy&input%5Brole%5D=&Password=p&input%5Bpassword%5D=q";
        let fields = Fields::parse(body);
        assert_eq!((fields.function.as_deref(), fields.done.as_deref()), (Some("/api/x"), Some("/y")));
        assert_eq!(fields.arguments(), "input%5Bname%5D=a+b&input%5Brole%5D=&Password=p&input%5Bpassword%5D=q");
        let shown: Vec<_> = fields.into_shown().into_iter().map(|(name, _)| name).collect();
        assert_eq!(shown, ["input[name]", "input[role]"]);
    }

    #[test]
    fn c1_a_buttons_own_function_wins_wherever_the_button_stands() {
        for body in ["_instead=%2Fapi%2Fy&_fn=%2Fapi%2Fx&a=b", "_fn=%2Fapi%2Fx&a=b&_instead=%2Fapi%2Fy"] {
            let fields = Fields::parse(body.as_bytes());
            assert_eq!((fields.function.as_deref(), fields.arguments().as_str()), (Some("/api/y"), "a=b"));
        }
    }
}
