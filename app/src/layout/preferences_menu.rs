//! Language, theme and signing out, in a menu under the person's initials.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_i18n::Locale as _;
use leptos_router::hooks::use_location;

use crate::{
    auth::api::SignOut,
    lang::{Locale, use_locale},
    post::FUNCTION_FIELD,
    preferences::Theme,
    text,
    ui::{Icon, IconName, Menu},
    viewer::use_viewer,
};

#[component]
pub fn PreferencesMenu() -> impl IntoView {
    let locale = use_locale();
    let viewer = use_viewer();
    let user = viewer.user.clone().unwrap_or_default();
    let initials = initials(&user);
    let location = use_location();
    let here = move || {
        let search = location.search.get();
        let search = search.trim_start_matches('?');
        let path = location.pathname.get();
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    let languages = [(Locale::en, "English"), (Locale::zh_CN, "简体中文")];
    let languages = languages.map(|(lang, name)| (lang.as_str(), name.to_owned(), lang == locale)).to_vec();
    let themes = [
        (Theme::System, text!(locale, theme.system)),
        (Theme::Light, text!(locale, theme.light)),
        (Theme::Dark, text!(locale, theme.dark)),
    ];
    let themes = themes.map(|(theme, name)| (theme.as_str(), name, theme == viewer.theme)).to_vec();
    let keys =
        vec![("on", text!(locale, keys.on), !viewer.keys_off), ("off", text!(locale, keys.off), viewer.keys_off)];
    view! {
        <Menu
            id="preferences"
            class="quiet avatar-button"
            // The initials that are seen are part of the name that is heard (WCAG 2.5.3).
            trigger=ViewFn::from(move || {
                view! {
                    <span class="avatar">{initials.clone()}</span>
                    <span class="visually-hidden">{text!(locale, preferences)}</span>
                }
            })
        >
            <p class="menu-note">{text!(locale, sign_in.account, user = &user)}</p>
            // A plain form: the page is loaded anew, in the other language or theme from its first byte.
            <form method="post" action="/preferences" class="preferences">
                <input type="hidden" name="_done" value=here/>
                <label for="lang">{text!(locale, language)}</label>
                <select id="lang" name="lang">
                    {options(languages, true)}
                </select>
                <label for="theme">{text!(locale, theme.label)}</label>
                <select id="theme" name="theme">
                    {options(themes, false)}
                </select>
                <label for="keys">{text!(locale, keys.single)}</label>
                <select id="keys" name="keys">
                    {options(keys, false)}
                </select>
                <button class="button wide">{text!(locale, theme.apply)}</button>
            </form>
            <form method="post" action=here>
                <input type="hidden" name=FUNCTION_FIELD value=SignOut::PATH/>
                <button class="button quiet wide">
                    <Icon name=IconName::SignOut/>
                    {text!(locale, sign_in.out)}
                </button>
            </form>
        </Menu>
    }
}

/// Each with its value, its name, and whether it is chosen; `named` says that the value is the name's language.
fn options(all: Vec<(&'static str, String, bool)>, named: bool) -> Vec<impl IntoView> {
    let option = |(value, name, selected)| {
        view! {
            <option value=value lang=named.then_some(value) selected=selected>
                {name}
            </option>
        }
    };
    all.into_iter().map(option).collect()
}

/// First letters of the first two words of a name. The style sheet makes them capitals: Unicode's tables would weigh five
/// kilobytes in the bundle.
fn initials(user: &str) -> String {
    user.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric())
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn initials_are_of_the_first_two_words() {
        assert_eq!(super::initials("project-regular"), "pr");
        assert_eq!(super::initials("ann"), "a");
        assert_eq!(super::initials("王 小明"), "王小");
        assert_eq!(super::initials(""), "");
    }
}
