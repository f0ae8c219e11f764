//! Takes out what a library exports to scripts, and nobody calls: the linker keeps whatever is exported, and all that it
//! calls.

use anyhow::{Result, bail};
use wasm_encoder::{ExportSection, Module, RawSection, reencode::Reencode, reencode::RoundtripReencoder};
use wasmparser::{Parser, Payload};

/// Classes of wasm-streams, for server functions that stream: none of ours does. Each class is its methods, what
/// describes them to wasm-bindgen, and how a script frees it.
const CLASSES: [&str; 3] = ["intounderlyingsource", "intounderlyingbytesource", "intounderlyingsink"];

/// Fails where one of them is made after all.
pub fn drop_exports(module: &[u8]) -> Result<Vec<u8>> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ImportSection(imports) = &payload {
            for import in imports.clone().into_imports() {
                let name = import?.name;
                if CLASSES.iter().any(|class| name.contains(&format!("{class}_new"))) {
                    bail!("{name} is imported: wasm-streams is in use, so xtask's bundle may not drop it");
                }
            }
        }
        if let Payload::ExportSection(exports) = payload {
            let mut kept = ExportSection::new();
            for export in exports {
                let export = export?;
                if !CLASSES.iter().any(|class| export.name.contains(class)) {
                    RoundtripReencoder.parse_export(&mut kept, export)?;
                }
            }
            out.section(&kept);
        } else if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            out.section(&RawSection { id, data: &module[range] });
        }
    }
    Ok(out.finish())
}
