use super::{Pack, Placeholders};
use crate::{EntryId, Lang};

#[test]
fn loads() {
    let pack = Pack::okpay();
    let entry = pack.entry(&EntryId::new("register").unwrap()).unwrap();
    let text = pack.answer(entry, Lang::Zh, &Placeholders::new());
    assert!(text.text().contains("打开OKPay 官方网站，"), "{text}");
    assert!(text.spans().is_empty());
}
