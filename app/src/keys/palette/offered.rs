//! What the page offers, as its own links say it: so it is nothing that the person may not do (SPEC A7).

use web_sys::Element;

use super::entry::Entry;
use crate::keys::act::{current_row, elements, row_of};

/// Of the row that has the focus, of the page, and the way to other pages.
const LINKS: &str = "main .row-menu a[href], main .actions a[href], main .about .buttons a[href], main .panel > header a[href], .side a[href]";

pub fn offered() -> Vec<Entry> {
    let row = current_row();
    let name = row.as_ref().map(name_in).unwrap_or_default();
    let links = elements(LINKS).into_iter().filter_map(|link| {
        let of = row_of(&link);
        if of.is_some() && of != row {
            return None;
        }
        Some(Entry {
            label: link.text_content()?.trim().to_owned(),
            about: if of.is_some() { name.clone() } else { String::new() },
            href: link.get_attribute("href")?,
            anew: link.get_attribute("rel").is_some(),
        })
    });
    links.collect()
}

fn name_in(row: &Element) -> String {
    let name = elements("main td.name a").into_iter().find(|link| row_of(link).as_ref() == Some(row));
    name.and_then(|name| name.text_content()).unwrap_or_default().trim().to_owned()
}
