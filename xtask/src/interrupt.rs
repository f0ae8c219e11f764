//! Ctrl-C and being told to stop. Until [`watch`] is called, both end the program as usual.

use std::sync::{
    Once,
    atomic::{AtomicBool, Ordering},
};

use anyhow::{Result, bail};

static STOPPED: AtomicBool = AtomicBool::new(false);
static WATCH: Once = Once::new();

/// From here on a signal only sets a mark, so that what was started can be stopped in order.
pub fn watch() {
    WATCH.call_once(|| {
        if let Err(error) = ctrlc::set_handler(|| STOPPED.store(true, Ordering::SeqCst)) {
            eprintln!("warning: Ctrl-C can't be watched for: {error}");
        }
    });
}

pub fn happened() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// For the middle of longer work.
pub fn check() -> Result<()> {
    if happened() {
        bail!("interrupted");
    }
    Ok(())
}
