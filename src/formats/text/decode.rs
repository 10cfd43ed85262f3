//! Bytes of a text file → text. Nobody says how a `.txt` is encoded, so its bytes are asked: a byte order mark, valid
//! UTF-8, the pattern of UTF-16, plausible GB18030, and windows-1252 for what is left.

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

pub(super) const BOM_UTF8: &[u8] = b"\xEF\xBB\xBF";
const BOM_UTF16_LE: &[u8] = b"\xFF\xFE";
const BOM_UTF16_BE: &[u8] = b"\xFE\xFF";
/// So many bytes are looked at for a pattern.
const SAMPLE_BYTES: usize = 64 << 10;

pub const UTF_8_NAME: &str = "UTF-8";
pub const UTF_16_LE_NAME: &str = "UTF-16LE";
pub const UTF_16_BE_NAME: &str = "UTF-16BE";
pub const GB18030_NAME: &str = "GB18030";
pub const WINDOWS_1252_NAME: &str = "windows-1252";

/// A text with how it stood in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Without the byte order mark; line ends as they were.
    pub text: String,
    /// The encoding's usual name.
    pub encoding: &'static str,
    pub had_bom: bool,
    /// How many characters could not be read; each stands as U+FFFD in the text.
    pub replaced: u64,
}

/// Decodes a whole file, whatever its encoding.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some(rest) = bytes.strip_prefix(BOM_UTF8) {
        return utf8(rest, true);
    }
    if let Some(rest) = bytes.strip_prefix(BOM_UTF16_LE) {
        return with(UTF_16LE, rest, true);
    }
    if let Some(rest) = bytes.strip_prefix(BOM_UTF16_BE) {
        return with(UTF_16BE, rest, true);
    }
    // ASCII in UTF-16 is valid UTF-8 full of zeros.
    if let Some(encoding) = utf16_without_bom(bytes) {
        return with(encoding, bytes, false);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return utf8(bytes, false);
    }
    let (replaced, foreign) = broken_utf8(bytes);
    if is_few(replaced, foreign) {
        return utf8(bytes, false);
    }
    if is_plausible_gb18030(bytes) {
        let chinese = with(GB18030, bytes, false);
        if is_few(chinese.replaced, foreign_characters(&chinese.text)) {
            return chinese;
        }
    }
    with(WINDOWS_1252, bytes, false)
}

/// Decodes a line of a file that is UTF-8 elsewhere: in another encoding only if UTF-8 makes no sense of it.
#[must_use]
pub fn decode_in_utf8(bytes: &[u8]) -> Decoded {
    let (replaced, foreign) = broken_utf8(bytes);
    // Two bytes of GB18030 are a character of UTF-8 now and then.
    if foreign > replaced.saturating_mul(3) { utf8(bytes, false) } else { decode(bytes) }
}

/// The bytes of a file from which [`decode`] gives this very text back. A mark goes before what would be taken for one,
/// and before zeros, which look like UTF-16.
#[must_use]
pub fn encode(text: &str) -> Cow<'_, [u8]> {
    if text.starts_with('\u{FEFF}') || text.contains('\0') {
        Cow::Owned([BOM_UTF8, text.as_bytes()].concat())
    } else {
        Cow::Borrowed(text.as_bytes())
    }
}

/// Whether a file that begins like this is UTF-8, so that it can be read piece by piece. `is_whole`: nothing follows.
#[must_use]
pub fn is_utf8_head(head: &[u8], is_whole: bool) -> bool {
    if head.starts_with(BOM_UTF8) {
        return true;
    }
    if head.starts_with(BOM_UTF16_LE) || head.starts_with(BOM_UTF16_BE) || utf16_without_bom(head).is_some() {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character that the head cuts in two.
        Err(error) => !is_whole && error.error_len().is_none(),
    }
}

fn utf8(bytes: &[u8], had_bom: bool) -> Decoded {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => Decoded { text: text.to_owned(), encoding: UTF_8_NAME, had_bom, replaced: 0 },
        Cow::Owned(text) => {
            // U+FFFD may also have stood in the file.
            let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count() as u64;
            Decoded { text, encoding: UTF_8_NAME, had_bom, replaced }
        }
    }
}

fn with(encoding: &'static Encoding, bytes: &[u8], had_bom: bool) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let replaced =
        if had_errors { text.chars().filter(|character| *character == char::REPLACEMENT_CHARACTER).count() } else { 0 };
    let name = match encoding.name() {
        "UTF-16LE" => UTF_16_LE_NAME,
        "UTF-16BE" => UTF_16_BE_NAME,
        "gb18030" => GB18030_NAME,
        _ => WINDOWS_1252_NAME,
    };
    Decoded { text: text.into_owned(), encoding: name, had_bom, replaced: replaced as u64 }
}

/// How many characters of UTF-8 are broken, and how many are beyond ASCII, these among them. Counted before a text is
/// made of them: it may be a gigabyte.
fn broken_utf8(bytes: &[u8]) -> (u64, u64) {
    bytes.utf8_chunks().fold((0, 0), |(replaced, foreign), chunk| {
        let broken = u64::from(!chunk.invalid().is_empty());
        (replaced + broken, foreign + foreign_characters(chunk.valid()) + broken)
    })
}

/// Whether so few characters are broken that the encoding is right nevertheless: a file cut off or damaged in places.
fn is_few(replaced: u64, foreign: u64) -> bool {
    replaced == 0 || replaced.saturating_mul(20) < foreign
}

fn foreign_characters(text: &str) -> u64 {
    text.chars().filter(|character| !character.is_ascii()).count() as u64
}

/// UTF-16 by its pattern: zeros beside ASCII, all at even or all at odd places, or nothing but what people write.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES) & !1];
    let zeros_at = |place: usize| sample.iter().skip(place).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    let pairs = sample.len() / 2;
    // Of ASCII, two letters are a Chinese character of UTF-16: what is UTF-8 must be half zeros to be anything else, or
    // full of control characters, which the scripts from Greek to Arabic have for every letter.
    let is_utf8 = std::str::from_utf8(sample).map_or_else(|error| error.error_len().is_none(), |_| true);
    let share_of =
        |counts: fn(&u8) -> bool| sample.iter().filter(|byte| counts(byte)).count() as f64 / sample.len() as f64;
    let has_controls = even + odd > 0 && share_of(|byte| matches!(byte, 1..=8 | 14..=31)) > 0.2;
    // Western texts with a few accents or curly quotes are pairs of letters, too, and no zeros: rare characters.
    let may_be_western = even + odd == 0 && share_of(|byte| matches!(byte, 9 | 10 | 13 | 0x20..=0x7E)) >= 0.5;
    for (encoding, here, there) in [(UTF_16LE, odd, even), (UTF_16BE, even, odd)] {
        let is_it = if is_utf8 && !has_controls {
            there == 0 && here * 2 >= pairs
        } else {
            // Line ends and digits are the only ASCII of Chinese texts, and some of their characters have zeros, too.
            share(encoding, sample, is_usual) > 0.95
                && (here > there || share(encoding, sample, is_pictured) > 0.7)
                && (!may_be_western || share(encoding, sample, is_common) > 0.8)
        };
        if is_it {
            return Some(encoding);
        }
    }
    None
}

fn share(encoding: &'static Encoding, sample: &[u8], counts: impl Fn(char) -> bool) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let all = text.chars().count().max(1);
    text.chars().filter(|character| counts(*character)).count() as f64 / all as f64
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// Chinese or an emoji: no byte of theirs says which way round they stand, only that the other way is nonsense.
fn is_pictured(character: char) -> bool {
    is_chinese(character) || matches!(character, '\u{1F300}'..='\u{1FAFF}')
}

/// One of the 3,755 characters that nearly all Chinese is written with, or its punctuation.
fn is_common(character: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, ..) = GB18030.encode(character.encode_utf8(&mut buffer));
    matches!(*bytes, [0xA1 | 0xA3 | 0xB0..=0xD7, 0xA1..=0xFF])
}

fn is_usual(character: char) -> bool {
    let is_script = matches!(character, '\u{20}'..='\u{7E}' | '\u{A0}'..='\u{6FF}' | '\u{2000}'..='\u{206F}'
        | '\u{3040}'..='\u{30FF}' | '\u{AC00}'..='\u{D7A3}' | '\u{1F300}'..='\u{1FAFF}');
    is_script || is_chinese(character) || matches!(character, '\n' | '\r' | '\t')
}

/// Whether high bytes stand in pairs. In western texts a letter with an accent stands between plain ones; GB18030 would
/// take the next letter for the second half of a character.
fn is_plausible_gb18030(bytes: &[u8]) -> bool {
    let (mut at, mut paired, mut single) = (0, 0_usize, 0_usize);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte < 0x80 {
            continue;
        }
        match bytes.get(at) {
            Some(second) if *second >= 0x80 => {
                paired += 1;
                at += 1;
            }
            _ => single += 1,
        }
    }
    paired > single
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHINESE: &str = "送餐速度很快，菜品也不错！\r\n味道一般，下次不会再点了。\r\n就这样吧";

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    fn read(bytes: &[u8]) -> (String, &'static str, u64) {
        let decoded = decode(bytes);
        (decoded.text, decoded.encoding, decoded.replaced)
    }

    #[test]
    fn chinese_is_read_in_each_encoding_with_and_without_a_mark() {
        let (gb18030, _, _) = GB18030.encode(CHINESE);
        for (bytes, encoding) in [
            (CHINESE.as_bytes().to_vec(), UTF_8_NAME),
            ([BOM_UTF8, CHINESE.as_bytes()].concat(), UTF_8_NAME),
            (utf16(CHINESE, u16::to_le_bytes), UTF_16_LE_NAME),
            (utf16(CHINESE, u16::to_be_bytes), UTF_16_BE_NAME),
            ([BOM_UTF16_LE.to_vec(), utf16(CHINESE, u16::to_le_bytes)].concat(), UTF_16_LE_NAME),
            ([BOM_UTF16_BE.to_vec(), utf16(CHINESE, u16::to_be_bytes)].concat(), UTF_16_BE_NAME),
            (utf16("没有换行的文字", u16::to_le_bytes), UTF_16_LE_NAME),
            (gb18030.into_owned(), GB18030_NAME),
        ] {
            let text = if bytes.len() == 14 { "没有换行的文字" } else { CHINESE };
            assert_eq!(read(&bytes), (text.to_owned(), encoding, 0));
        }
    }

    #[test]
    fn western_letters_are_not_taken_for_chinese() {
        let text = "Le café était fermé à midi\nGröße: naïve façade, déjà vu";
        let (bytes, _, _) = WINDOWS_1252.encode(text);
        assert_eq!(read(&bytes), (text.to_owned(), WINDOWS_1252_NAME, 0));
        assert_eq!(read(&utf16("plain words\n", u16::to_le_bytes)).1, UTF_16_LE_NAME);
        // An even number of bytes whose pairs are all Chinese characters of UTF-16.
        for text in ["“Hello” – it’s", "it’s", "don’t wait…"] {
            let (bytes, _, _) = WINDOWS_1252.encode(text);
            assert_eq!(read(&bytes), (text.to_owned(), WINDOWS_1252_NAME, 0));
        }
    }

    #[test]
    fn other_scripts_are_read_in_utf16_without_a_mark() {
        for text in ["Привет, мир\nкак дела\n", "مرحبا بالعالم\n", "Καλημέρα κόσμε\n", "😀😀好\n"]
        {
            for (bytes_of, encoding) in
                [(u16::to_le_bytes as fn(u16) -> [u8; 2], UTF_16_LE_NAME), (u16::to_be_bytes, UTF_16_BE_NAME)]
            {
                assert_eq!(read(&utf16(text, bytes_of)), (text.to_owned(), encoding, 0));
            }
        }
    }

    #[test]
    fn what_is_broken_in_places_is_counted() {
        let mut bytes = CHINESE.repeat(3).into_bytes();
        bytes.truncate(bytes.len() - 1);
        let (text, encoding, replaced) = read(&bytes);
        assert_eq!((encoding, replaced), (UTF_8_NAME, 1));
        assert!(text.ends_with("吧".repeat(0).as_str()) && text.contains('\u{FFFD}'));
    }

    #[test]
    fn a_broken_line_among_others_of_utf8_stays_utf8_and_a_foreign_one_is_read() {
        let mut broken = "这一行写得好好的".as_bytes().to_vec();
        broken.truncate(broken.len() - 2);
        assert_eq!(decode_in_utf8(&broken).text, "这一行写得好好\u{FFFD}");
        let (foreign, _, _) = GB18030.encode(CHINESE);
        assert_eq!(decode_in_utf8(&foreign), decode(&foreign));
        assert_eq!(decode_in_utf8(&foreign).text, CHINESE);
    }

    #[test]
    fn only_one_mark_is_no_text() {
        assert_eq!(decode(b"\xEF\xBB\xBF\xEF\xBB\xBFa").text, "\u{FEFF}a");
        assert_eq!(decode(b"").text, "");
        assert!(decode(b"\xEF\xBB\xBFa").had_bom);
    }

    proptest! {
        #[test]
        fn any_text_survives_its_bytes(text in any::<String>()) {
            let decoded = decode(&encode(&text));
            prop_assert_eq!(decoded.text, text);
            prop_assert_eq!((decoded.encoding, decoded.replaced), (UTF_8_NAME, 0));
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let decoded = decode(&bytes);
            let marks = decoded.text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count() as u64;
            prop_assert!(decoded.replaced <= marks);
        }
    }
}
