//! Puts functions beside each other that look alike. A compressor names what it has seen by how far back that is, and guesses
//! what comes next from what came before: brotli makes 4 % less of the base. Nothing else of a module changes.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    convert::Infallible,
};

use anyhow::{Context, Result, anyhow};
use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{self, Reencode},
};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// Functions look alike by the runs of this many bytes that both hold.
const RUN: usize = 6;
/// A run that this many functions hold says nothing about them.
const COMMON: usize = 60;

/// The module with its functions in another order.
pub fn by_likeness(module: &[u8]) -> Result<Vec<u8>> {
    let (imported, bodies) = functions(module)?;
    let order = chain(&bodies);
    let mut new_index: Vec<u32> = (0..imported).collect();
    new_index.resize(new_index.len() + order.len(), 0);
    for (place, old) in order.iter().enumerate() {
        new_index[imported as usize + old] = imported + u32::try_from(place)?;
    }
    let mut out = Module::new();
    Reordered { order, new_index }
        .parse_core_module(&mut out, Parser::new(0), module)
        .map_err(|error| anyhow!("write the module anew: {error}"))?;
    Ok(out.finish())
}

/// How many functions are imported, and the bytes of all others.
fn functions(module: &[u8]) -> Result<(u32, Vec<&[u8]>)> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("read the module")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// Starts with the smallest, and goes on with the one that is most like the last, or else with the smallest that is left.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<BTreeSet<&[u8]>> = bodies.iter().map(|body| body.windows(RUN).collect()).collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, runs) in runs.iter().enumerate() {
        for run in runs {
            holders.entry(run).or_default().push(function);
        }
    }
    holders.retain(|_, holders| holders.len() <= COMMON);

    let mut by_size: Vec<_> = (0..bodies.len()).collect();
    by_size.sort_by_key(|function| (bodies[*function].len(), bodies[*function]));
    let mut smallest = by_size.into_iter();
    let mut placed = vec![false; bodies.len()];
    let mut order = Vec::with_capacity(bodies.len());
    let mut next = smallest.next();
    while let Some(function) = next {
        placed[function] = true;
        order.push(function);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for run in &runs[function] {
            for holder in holders.get(run).into_iter().flatten().filter(|holder| !placed[**holder]) {
                *shared.entry(*holder).or_default() += 1;
            }
        }
        // Of the runs that one of the two holds, how many both do: in parts of a million, so that they can be compared.
        let likeness = |(other, shared): (&usize, &usize)| {
            let all = runs[function].len() + runs[*other].len() - shared;
            (shared * 1_000_000 / all, Reverse(*other))
        };
        let most_alike = shared.iter().map(likeness).max().map(|(_, Reverse(other))| other);
        next = most_alike.or_else(|| smallest.find(|function| !placed[*function]));
    }
    order
}

struct Reordered {
    /// The old place of each function, without the imported ones.
    order: Vec<usize>,
    /// By the old index.
    new_index: Vec<u32>,
}

type Outcome<T> = Result<T, reencode::Error<Infallible>>;

impl Reencode for Reordered {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Outcome<u32> {
        Ok(self.new_index[index as usize])
    }

    fn parse_function_section(&mut self, out: &mut FunctionSection, section: FunctionSectionReader<'_>) -> Outcome<()> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for old in &self.order {
            out.function(types[*old]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, section: CodeSectionReader<'_>) -> Outcome<()> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for old in self.order.clone() {
            self.parse_function_body(out, bodies[old].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        EntityType, ExportKind, ExportSection, Function, ImportSection, Instruction, RawSection, TypeSection,
    };
    use wasmparser::{ExternalKind, Operator};

    use super::*;

    /// Adds these numbers up, one after the other, then calls `callee` if there is one.
    fn body(numbers: impl IntoIterator<Item = i32>, callee: Option<u32>) -> Function {
        let mut body = Function::new([]);
        for number in numbers {
            body.instruction(&Instruction::I32Const(number)).instruction(&Instruction::Drop);
        }
        if let Some(callee) = callee {
            body.instruction(&Instruction::Call(callee));
        }
        body.instruction(&Instruction::End);
        body
    }

    /// `low` and `lower` are alike, `high` is not and calls `low`; one function is imported.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("wbg", "log", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut exports = ExportSection::new();
        for (name, index) in [("low", 1), ("high", 2), ("lower", 3)] {
            functions.function(0);
            exports.export(name, ExportKind::Func, index);
        }
        let mut code = CodeSection::new();
        code.function(&body(0..40, None)).function(&body(1000..1030, Some(1))).function(&body(0..39, Some(0)));
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        module.section(&RawSection { id: 0, data: b"\x04note" });
        module.finish()
    }

    /// Each export's index, how many numbers it adds up, and what it calls by the name of that.
    fn described(module: &[u8]) -> Vec<(String, u32, usize, Option<String>)> {
        let payloads: Vec<_> = Parser::new(0).parse_all(module).map(Result::unwrap).collect();
        let exports = payloads.iter().find_map(|payload| match payload {
            Payload::ExportSection(exports) => Some(exports.clone().into_iter().map(Result::unwrap)),
            _ => None,
        });
        let exports: Vec<_> = exports.unwrap().collect();
        assert!(exports.iter().all(|export| export.kind == ExternalKind::Func));
        let name_of = |index| exports.iter().find(|export| export.index == index).map_or("log", |export| export.name);
        let bodies: Vec<_> = payloads
            .iter()
            .filter_map(|payload| match payload {
                Payload::CodeSectionEntry(body) => Some(body.get_operators_reader().unwrap()),
                _ => None,
            })
            .collect();
        let mut all: Vec<_> = exports
            .iter()
            .map(|export| {
                let operators: Vec<_> =
                    bodies[export.index as usize - 1].clone().into_iter().map(Result::unwrap).collect();
                let numbers = operators.iter().filter(|operator| matches!(operator, Operator::I32Const { .. })).count();
                let called = operators.iter().find_map(|operator| match operator {
                    Operator::Call { function_index } => Some(name_of(*function_index).to_owned()),
                    _ => None,
                });
                (export.name.to_owned(), export.index, numbers, called)
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn p3_functions_that_look_alike_stand_together_and_calls_follow_them() {
        let ordered = by_likeness(&module()).unwrap();
        assert_eq!(
            described(&ordered),
            [
                ("high".into(), 3, 30, Some("low".into())),
                ("low".into(), 2, 40, None),
                ("lower".into(), 1, 39, Some("log".into())),
            ]
        );
        assert_eq!(by_likeness(&module()).unwrap(), ordered, "each time the same");
    }

    #[test]
    fn what_is_no_module_stops_the_build() {
        assert!(by_likeness(b"\0asm").is_err());
    }
}
