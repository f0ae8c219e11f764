//! A menu of links in a native popover: opens, closes on Esc and on a click elsewhere, without any script. A link of it that
//! loads no page closes it, too (`crate::app::shell`).

use leptos::{
    attr::{Attribute, NextAttribute},
    prelude::*,
    tachys::renderer::{Rndr, types::Element},
};

/// `trigger` is the button's content, `label` its accessible name where the content has no text.
#[component]
pub fn Menu(
    /// Unique in the page.
    #[prop(into)]
    id: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional, into)] class: Option<String>,
    trigger: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("button {}", class.unwrap_or_default())
            popovertarget=id.clone()
            aria-label=label
        >
            {trigger.run()}
        </button>
        <div id=id class="menu" {..PopoverAuto}>
            {children()}
        </div>
    }
}

/// The attribute `popover`, without a key: where a row is drawn anew, each attribute with a key is taken away and set again,
/// and without this one an open menu closes (HTML standard, the popover attribute).
#[derive(Clone)]
struct PopoverAuto;

impl Attribute for PopoverAuto {
    const MIN_LENGTH: usize = 0;
    type State = ();
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        0
    }

    fn to_html(self, html: &mut String, _class: &mut String, _style: &mut String, _inner: &mut String) {
        html.push_str(r#" popover="auto""#);
    }

    fn hydrate<const FROM_SERVER: bool>(self, _element: &Element) {}

    fn build(self, element: &Element) {
        Rndr::set_attribute(element, "popover", "auto");
    }

    fn rebuild(self, (): &mut ()) {}

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for PopoverAuto {
    type Output<New: Attribute> = (Self, New);

    fn add_any_attr<New: Attribute>(self, new: New) -> (Self, New) {
        (self, new)
    }
}
