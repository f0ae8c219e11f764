//! The browser's entry point: makes the server's page live.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    if musterbook_app::accounts::dialogs::ready_to_hydrate().await {
        musterbook_app::hydrate().await;
    }
}
