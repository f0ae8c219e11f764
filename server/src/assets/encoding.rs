//! Which compressed twin of a file to send.

use http::{HeaderMap, header};

pub struct Encoding {
    pub name: &'static str,
    pub ending: &'static str,
}

/// Smallest first.
pub const ENCODINGS: [Encoding; 3] = [
    Encoding { name: "br", ending: ".br" },
    Encoding { name: "zstd", ending: ".zst" },
    Encoding { name: "gzip", ending: ".gz" },
];

/// In our order, not the browser's: who accepts it gets the smallest.
pub fn accepted(headers: &HeaderMap) -> impl Iterator<Item = &'static Encoding> {
    let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    let ranges: Vec<String> = lines.flat_map(|line| line.split(',')).filter_map(wanted).collect();
    ENCODINGS.iter().filter(move |encoding| ranges.iter().any(|range| range == encoding.name))
}

/// The name in a range like `br;q=0.8`, unless its weight says *not this one*.
fn wanted(range: &str) -> Option<String> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    let refused = weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
    (!refused).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_the_smallest_that_is_accepted_is_sent() {
        let cases: [(&str, &[&str]); 6] = [
            ("gzip, deflate, br, zstd", &["br", "zstd", "gzip"]),
            ("gzip, zstd;q=0.1", &["zstd", "gzip"]),
            ("br;q=0, gzip", &["gzip"]),
            ("BR", &["br"]),
            ("identity", &[]),
            ("", &[]),
        ];
        for (header, expected) in cases {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, header.parse().unwrap())]);
            let names: Vec<_> = accepted(&headers).map(|encoding| encoding.name).collect();
            assert_eq!(names, expected, "{header}");
        }
    }
}
