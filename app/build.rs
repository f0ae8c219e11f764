//! Turns the message files into a module: a key that is missing, or has other arguments in one language, stops the build.

use std::{env, error::Error, path::PathBuf};

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};

#[expect(clippy::disallowed_methods, reason = "this is how Cargo talks to build scripts")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let options = ParseOptions::new().interpolate_display(true).suppress_key_warnings(true);
    let config = Config::new("en")?.add_locale("zh-CN")?.locales_path("./messages").parse_options(options);
    let messages = TranslationsInfos::parse(config)?;
    messages.rerun_if_locales_changed();
    messages.generate_i18n_module(PathBuf::from(env::var("OUT_DIR")?).join("i18n"))?;
    Ok(())
}
