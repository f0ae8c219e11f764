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

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, Function, FunctionSection, ImportSection, Instruction, TypeSection,
    };

    use super::*;

    /// A module that imports one function under this name, and exports one of its own under each of those.
    fn module(import: &str, exports: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("wbg", import, EntityType::Function(0));
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut section = ExportSection::new();
        for name in exports {
            section.export(name, ExportKind::Func, 1);
        }
        let mut code = CodeSection::new();
        let mut body = Function::new([]);
        body.instruction(&Instruction::End);
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&section).section(&code);
        module.finish()
    }

    fn exports(module: &[u8]) -> Vec<String> {
        let sections = Parser::new(0).parse_all(module).map(Result::unwrap);
        let exports = sections.filter_map(|payload| match payload {
            Payload::ExportSection(exports) => Some(exports),
            _ => None,
        });
        exports.flatten().map(|export| export.unwrap().name.to_owned()).collect()
    }

    #[test]
    fn p3_what_nobody_uses_is_not_exported_and_all_else_stays() {
        let full = module("__wbg_log", &["main", "intounderlyingsource_pull", "__wbg_intounderlyingsink_free"]);
        let small = drop_exports(&full).unwrap();
        assert_eq!(exports(&small), ["main"]);
        assert_eq!(small, module("__wbg_log", &["main"]));
    }

    #[test]
    fn what_is_used_after_all_stops_the_build() {
        let error = drop_exports(&module("__wbg_intounderlyingsource_new", &["main"])).unwrap_err();
        assert!(error.to_string().contains("wasm-streams is in use"), "{error}");
    }
}
