//! Writes the compressed twins of each file, once and as small as it gets, so that the server never compresses one.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use anyhow::{Context, Result, anyhow};

use crate::{files, interrupt};

/// Compresses every file below the folder, on all processors.
pub fn all(folder: &Path) -> Result<()> {
    let queue = Mutex::new(files::below(folder)?.into_iter());
    let next = || queue.lock().ok().and_then(|mut files| files.next());
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        let work = || -> Result<()> {
            while let Some(file) = next() {
                interrupt::check()?;
                twins(&file)?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("compressing panicked"))?)
    })
}

fn twins(file: &Path) -> Result<()> {
    let plain = files::read(file)?;
    for (extension, compressed) in [("br", brotli(&plain)?), ("gz", gzip(&plain)?), ("zst", zstd(&plain)?)] {
        // A twin that isn't smaller has no use.
        if compressed.len() < plain.len() {
            files::write(&twin(file, extension), compressed)?;
        }
    }
    Ok(())
}

/// `main.css.br` for `main.css`.
pub fn brotli_twin(file: &Path) -> PathBuf {
    twin(file, "br")
}

fn twin(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        // The largest window that every browser reads.
        lgwin: 24,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut out, &parameters).context("compress with brotli")?;
    Ok(out)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).context("compress with gzip")?;
    encoder.finish().context("compress with gzip")
}

fn zstd(plain: &[u8]) -> Result<Vec<u8>> {
    // From level 20 on the window is larger than the 8 MB that browsers read (RFC 9659).
    zstd::bulk::compress(plain, 19).context("compress with zstd")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_gets_its_three_twins() {
        let folder = std::env::temp_dir().join(format!("musterbook-twins-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("main.css");
        std::fs::write(&file, "a { color: red }\n".repeat(100)).unwrap();
        all(&folder).unwrap();
        let names: Vec<_> =
            files::below(&folder).unwrap().iter().map(|file| file.extension().unwrap().to_owned()).collect();
        files::remove(&folder).unwrap();
        assert_eq!(names, ["css", "br", "gz", "zst"]);
    }
}
