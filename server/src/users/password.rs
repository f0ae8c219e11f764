//! argon2id: making a hash, and verifying one.

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString, rand_core::OsRng},
};
use rand::RngCore;

/// What a verification takes: memory in KiB, passes, lanes.
pub type Cost = (u32, u32, u32);

/// A hash for the users' file, with the parameters that OWASP recommends, which are the library's defaults.
pub fn hash_password(password: &str) -> Result<String, String> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// `None` for anything but argon2id.
pub fn cost(hash: &PasswordHash<'_>) -> Option<Cost> {
    if hash.algorithm.as_str() != "argon2id" || hash.hash.is_none() || hash.salt.is_none() {
        return None;
    }
    let params = argon2::Params::try_from(hash).ok()?;
    Some((params.m_cost(), params.t_cost(), params.p_cost()))
}

/// A hash of that cost which no password matches: its output is random.
pub fn nobody((memory, passes, lanes): Cost) -> String {
    let mut output = [0; 32];
    rand::rng().fill_bytes(&mut output);
    let salt = SaltString::generate(&mut OsRng);
    let output = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, output);
    let default = argon2::Params::default();
    let (memory, passes, lanes) =
        if memory == 0 { (default.m_cost(), default.t_cost(), default.p_cost()) } else { (memory, passes, lanes) };
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_password_only() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("correct horse", &hash));
        assert!(!verify("correct horse ", &hash));
    }

    #[test]
    fn nobody_s_hash_costs_what_a_real_one_does() {
        let real = hash_password("x").unwrap();
        let real = cost(&PasswordHash::new(&real).unwrap()).unwrap();
        let made = nobody(real);
        assert_eq!(cost(&PasswordHash::new(&made).unwrap()), Some(real));
        assert!(!verify("", &made));
    }
}
