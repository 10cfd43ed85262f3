use super::*;
use crate::formats::detection::testing::MemoryTree;
use std::ops::ControlFlow;

type Row = (String, Option<Vec<String>>);

fn read_all(tree: &dyn FileTree) -> (Vec<Row>, TextReading) {
    let mut rows = Vec::new();
    let reading = read(tree, &mut |text| {
        let labels = text.labels.clone().map(|labels| labels.into_iter().map(|label| label.label).collect());
        rows.push((text.words().unwrap_or_default().to_owned(), labels));
        ControlFlow::Continue(())
    });
    (rows, reading.unwrap())
}

fn layout(head: &str) -> (u8, bool, usize, Option<usize>) {
    let layout = TableLayout::sniff(head).unwrap();
    (layout.delimiter, layout.has_header, layout.text, layout.label)
}

#[test]
fn columns_are_known_by_their_names_in_both_languages() {
    assert_eq!(layout("label,review\n1,很好\n0,太差，不会再来\n"), (b',', true, 1, Some(0)));
    assert_eq!(layout("编号;内容;类别\n1;很好;正面\n2;太差;负面\n"), (b';', true, 1, Some(2)));
    assert_eq!(layout("id\ttext\tsentiment\n1\ta b, c\tpos\n2\tc\tneg\n"), (b'\t', true, 1, Some(2)));
    assert_eq!(layout("Text|Category\nx y|a\nz|b\n"), (b'|', true, 0, Some(1)));
}

#[test]
fn columns_without_names_are_known_by_what_they_hold() {
    let rows = "good,this was a fine meal\nbad,it came late and cold\ngood,\"quick, warm\"\nbad,never again\n";
    assert_eq!(layout(rows), (b',', false, 1, Some(0)));
    let headed = format!("mood,said\n{rows}");
    assert_eq!(layout(&headed), (b',', true, 1, Some(0)));
    assert_eq!(layout("just some words\nand, some more\nno table, at, all\nx\n"), (0x1F, false, 0, None));
}

#[test]
fn several_labels_of_a_field_are_parted_where_they_are_labels_elsewhere() {
    let table = "text,label\na,快;好\nb,快\nc,好\nd,\"[\"\"x;y\"\"]\"\ne,\n";
    let (rows, _) = read_all(&MemoryTree::default().with("a.csv", table));
    let labels: Vec<_> = rows.into_iter().map(|(_, labels)| labels.map(|labels| labels.join("+"))).collect();
    let expected = [Some("快+好"), Some("快"), Some("好"), Some("x;y"), None];
    assert_eq!(labels, expected.map(|labels| labels.map(str::to_owned)));
    let names = "text,label\na,Smith; John\nb,Doe; Jane\nc,Doe; Jane\n";
    let (rows, _) = read_all(&MemoryTree::default().with("a.csv", names));
    assert_eq!(rows[0].1.as_ref().map(Vec::len), Some(1), "a part that occurs nowhere else is no label");
    for (header, expected) in [("text,labels", "快+好"), ("text,labels,usage,id", "快;好")] {
        let rest = if header.contains("id") { ",," } else { "" };
        let table = format!("{header}\na,快;好{rest}\nb,快{rest}\nc,好{rest}\n");
        let (rows, _) = read_all(&MemoryTree::default().with("a.csv", table));
        assert_eq!(rows[0].1.as_ref().map(|labels| labels.join("+")).as_deref(), Some(expected), "{header}");
    }
}

#[test]
fn quotes_line_ends_and_other_encodings_are_kept_and_said() {
    let table = "text,label\r\n\"他说：\"\"好\"\"，\r\n就走了\",正面\r\n 两边有空格 ,负面\r\n";
    let (bytes, _, _) = encoding_rs::GB18030.encode(table);
    let utf16: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let expected = ["他说：\"好\"，\r\n就走了", " 两边有空格 "];
    for (bytes, encoding) in [(bytes.into_owned(), Some("GB18030")), (utf16, Some("UTF-16LE")), (table.into(), None)] {
        let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", bytes));
        let texts: Vec<_> = rows.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, expected);
        let said: Vec<_> = reading.said.iter().filter(|said| said.reason.code == "text-encoding").collect();
        assert_eq!(said.first().map(|said| said.reason.arguments[0].1.as_str()), encoding);
        assert_eq!(reading.warnings, []);
    }
}

#[test]
fn a_quote_that_nobody_closes_is_told() {
    let table = "text,label\n不错,0\n\"好吃,1\n很好,1\n太差,0\n";
    let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", table));
    assert_eq!(rows.len(), 2);
    let told: Vec<_> = reading.warnings.iter().map(|told| (told.source.as_str(), told.reason.code.as_ref())).collect();
    assert_eq!(told, [("a.csv: 3", "csv-open-quote")]);
}

#[test]
fn a_quote_that_takes_rows_into_the_last_column_is_told() {
    for table in ["label,review\n0,\"好吃\n1,很好\n", "label,review\n0,\"好吃\n1,\"很好\"\n1,不错\n"] {
        let (_, reading) = read_all(&MemoryTree::default().with("a.csv", table));
        let told: Vec<_> =
            reading.warnings.iter().map(|told| (told.source.as_str(), told.reason.code.as_ref())).collect();
        assert_eq!(told, [("a.csv: 2", "csv-open-quote")], "{table}");
    }
}

#[test]
fn a_text_with_bare_delimiters_in_the_last_column_is_kept_whole() {
    let table = "label,review\r\n1,好吃, 很快\r\n\r\n0,他说,\"慢\",走了\n1,\"一,二\"\n0,慢,";
    let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", table));
    let texts: Vec<_> = rows.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["好吃, 很快", "他说,\"慢\",走了", "一,二", "慢,"]);
    let labels: Vec<_> = rows.iter().map(|(_, labels)| labels.clone().unwrap().join("+")).collect();
    assert_eq!(labels, ["1", "0", "1", "0"]);
    let [warning] = &reading.warnings[..] else { panic!("{:?}", reading.warnings) };
    assert_eq!((warning.reason.code.as_ref(), warning.reason.arguments[0].1.as_str()), ("csv-longer-text", "3"));
}

#[test]
fn fields_beyond_the_columns_are_told_with_their_lines() {
    let table = "review,label\n好吃, 很快,1\n不错,1\n慢,0,\n差,0,x\n";
    let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", table));
    assert_eq!(rows.len(), 4);
    let [warning] = &reading.warnings[..] else { panic!("{:?}", reading.warnings) };
    let values: Vec<_> = warning.reason.arguments.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!((warning.reason.code.as_ref(), &values[..]), ("csv-extra-fields", &["2", "2, 5"][..]));
    // A column that all rows have and no name is no part of the text.
    let table = "label,review\n1,好吃,x\n0,慢,y\n1,不错,z\n";
    let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", table));
    assert_eq!(rows.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["好吃", "慢", "不错"]);
    assert_eq!(reading.warnings.iter().map(|told| told.reason.code.as_ref()).collect::<Vec<_>>(), ["csv-extra-fields"]);
}

#[test]
fn a_mark_and_quotes_are_said_and_what_cannot_be_read_is_told() {
    let bytes = [&b"\xEF\xBB\xBF"[..], "label,review\n1,\"很好\"\n".as_bytes()].concat();
    let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", bytes));
    assert_eq!(rows[0].0, "很好");
    let said: Vec<_> = reading.said.iter().map(|said| said.reason.code.as_ref()).collect();
    assert_eq!(said, ["text-bom", "text-columns"]);
    let columns = &reading.said[1].reason.arguments;
    assert!(columns.iter().any(|(name, value)| (name.as_ref(), value.as_str()) == ("quotes", "yes")), "{columns:?}");
    // Beyond what is looked at first, a row that is broken.
    let rows = "1,这一行写得好好的，没有什么不对\n".repeat(9_000);
    let broken = &"这一行写得好好的".as_bytes()[..22];
    let bytes = [&b"label,review\n"[..], rows.as_bytes(), b"1,", broken, b"\n"].concat();
    let (rows, reading) = read_all(&MemoryTree::default().with("a.csv", bytes));
    assert!(rows.last().unwrap().0.ends_with('\u{FFFD}'), "{:?}", rows.last());
    assert_eq!(reading.warnings.iter().map(|told| told.reason.code.as_ref()).collect::<Vec<_>>(), ["text-replaced"]);
}

#[test]
fn an_address_is_no_label() {
    let table = "id,url,review\n1,http://shop.example/1,好吃\n2,http://shop.example/2,不好吃\n";
    assert_eq!(layout(table), (b',', true, 2, None));
}

#[test]
fn delivery_reviews_come_in_with_their_labels() {
    let folder = std::env::var("MODELIER_SHARED_DATA")
        .map_or_else(|_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), Into::into);
    let Ok(bytes) = std::fs::read(folder.join("waimai_reviews/train.csv")) else {
        assert!(std::env::var("MODELIER_REQUIRE_DATA").is_err(), "no reviews in {}", folder.display());
        eprintln!("skipped: no reviews");
        return;
    };
    let (rows, reading) = read_all(&MemoryTree::default().with("train.csv", bytes));
    assert_eq!(rows.len(), 9987);
    assert_eq!(rows[0].0, "石锅拌饭量太少酱太多，吃着特别咸！");
    let count = |name: &str| rows.iter().filter(|(_, labels)| labels.as_deref() == Some(&[name.to_owned()])).count();
    assert_eq!((count("0"), count("1")), (6641, 3346));
    assert_eq!(reading.warnings, []);
}
