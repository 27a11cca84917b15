//! The files of the shipped pack, compiled into the program. A test compares this list with the folder.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Names and contents.
        pub(super) const FILES: &[(&str, &[u8])] =
            &[$((concat!("okpay/", $name), include_bytes!(concat!("../../packs/okpay/", $name)))),*];
    };
}

files![
    "account.toml",
    "canned.toml",
    "cases.tsv",
    "compare.toml",
    "feedback.toml",
    "funds.toml",
    "pack.toml",
    "payment.toml",
    "security.toml",
    "support.toml",
];
