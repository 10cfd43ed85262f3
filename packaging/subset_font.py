"""Subsets Noto Sans CJK SC for Modelier's window; called by subset-font.sh.

Kept: Latin with its accents, Greek, Cyrillic, punctuation, arrows, mathematical, box and shape symbols, Chinese
punctuation, full-width forms, kana (they occur in sample data), hanzi and every character of the translations. Of hanzi
the regular weight has all of Unicode's first block (20,992: names and dialects need more than the everyday ones) and
Hangul syllables; the bold one, which headings are set in, the 6,763 of GB 2312 and the 5,401 of Big5 level 1. Digits of
this family all have one width, so numbers are tabular as they are.

Scripts that it lacks and that are small come from Noto's own fonts for them, whole, with the rules that join letters.
"""

import pathlib
import sys
import tempfile

from fontTools import merge, subset
from fontTools.ttLib import TTCollection, TTFont

RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x017F),  # Latin
    (0x0391, 0x03C9), (0x0410, 0x044F), (0x0401, 0x0401), (0x0451, 0x0451),  # Greek, Cyrillic
    (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F),  # punctuation, currency, letterlike
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF),  # arrows, mathematics, technical (keys)
    (0x2460, 0x24FF), (0x2500, 0x257F), (0x2580, 0x259F), (0x25A0, 0x25FF),  # enclosed, boxes, blocks, shapes
    (0x2600, 0x26FF), (0x2700, 0x27BF),  # symbols, check marks
    (0x3000, 0x303F), (0x3040, 0x30FF), (0xFF00, 0xFFEF),  # Chinese punctuation, kana, full-width forms
]
# What people's texts have beyond that, in the regular weight.
TEXT_RANGES = [(0x4E00, 0x9FFF), (0x3130, 0x318F), (0xAC00, 0xD7A3), (0xFE30, 0xFE4F)]
# Scripts that Noto Sans CJK has nothing of.
SCRIPTS = {
    "Hebrew": [(0x0590, 0x05FF), (0xFB1D, 0xFB4F)],
    "Arabic": [(0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)],
    "Thai": [(0x0E00, 0x0E7F)],
    "Devanagari": [(0x0900, 0x097F), (0xA8E0, 0xA8FF)],
}
# Joiners and marks of direction, and the circle that a mark without a letter is drawn on.
WITH_SCRIPTS = [(0x200C, 0x200F), (0x25CC, 0x25CC)]
# What Noto Sans CJK lacks, from its sisters, in this order.
FALLBACK_RANGES = [
    (0x0100, 0x024F), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),  # Latin, accents, Greek, Cyrillic
    (0x0250, 0x02AF), (0x1E00, 0x1FFF), (0xFB00, 0xFB06),  # phonetics, Vietnamese, old Greek, ligatures
    (0x2000, 0x206F), (0x20A0, 0x20BF),  # punctuation, currency
    (0x2100, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF),  # letterlike, arrows, mathematics, keys
    (0x25A0, 0x25FF), (0x2600, 0x266F), (0x2700, 0x27BF),  # shapes, symbols, check marks
    (0xFFFD, 0xFFFD),  # what could not be read
]
# Noto Sans CJK draws these as wide as a hanzi; between Latin letters the window takes them from the fallback font.
LATIN_FORMS = "‘’“”…—"
FALLBACK_SOURCES = [
    "NotoSans-Regular.ttf",
    "NotoSansMath-Regular.ttf",
    "NotoSansSymbols-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
]
SC_REGULAR = "NotoSansCJK-Regular.ttc"
SC_BOLD = "NotoSansCJK-Bold.ttc"
FAMILY = "Noto Sans CJK SC"


def gb2312():
    """The hanzi of GB 2312, levels 1 and 2."""
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield ord(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                pass


def big5():
    """The 5,401 everyday traditional hanzi of Big5, level 1: people's own data has them."""
    for high in range(0xA4, 0xC7):
        for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            if (high, low) <= (0xC6, 0x7E):
                yield ord(bytes([high, low]).decode("big5"))


def codes(ranges):
    return {code for first, last in ranges for code in range(first, last + 1)}


def wanted():
    characters = codes(RANGES)
    hanzi = set(gb2312())
    assert len(hanzi) == 6763, len(hanzi)
    traditional = set(big5())
    assert len(traditional) == 5401, len(traditional)
    characters |= hanzi | traditional
    for messages in pathlib.Path("assets/locales").rglob("*.ftl"):
        characters |= set(map(ord, messages.read_text(encoding="utf-8")))
    return characters


def make(collection, target, more=()):
    [font] = [f for f in TTCollection(collection).fonts if f["name"].getDebugName(1) == FAMILY]
    options = subset.Options()
    options.layout_features = ["ccmp", "kern", "mark"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted() | codes(more))
    subsetter.subset(font)
    set_line(font)
    font.recalcTimestamp = False  # the same input gives the same bytes
    font.save(target)
    print(f"{target}: {pathlib.Path(target).stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


def set_line(font):
    """One line for all of them: the window puts letters of several fonts on one baseline by it.

    The collection's line is 1.45 em, to fit every script; it pushes Latin and hanzi below the middle of a button. These
    two are centred on the hanzi (380/1000) and still hold accents and descenders.
    """
    em = font["head"].unitsPerEm / 1000
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = round(1060 * em), round(-290 * em), 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = round(1060 * em), round(-290 * em), 0
    os2.usWinAscent, os2.usWinDescent = round(1160 * em), round(290 * em)


def make_script(folder, name, ranges, target):
    font = TTFont(folder / f"NotoSans{name}-Regular.ttf")
    options = subset.Options()
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes(ranges) | codes(WITH_SCRIPTS))
    subsetter.subset(font)
    set_line(font)
    font.recalcTimestamp = False
    font.save(target)
    print(f"{target}: {pathlib.Path(target).stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


def plain_options():
    options = subset.Options()
    options.layout_features = ["ccmp", "mark"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["MATH", "meta", "GSUB", "GPOS", "GDEF"]
    return options


def make_fallback(folder, covered, target):
    """One small font of what `covered` lacks; each character from the first source that has it."""
    missing = codes(FALLBACK_RANGES) - covered
    missing |= set(map(ord, LATIN_FORMS))
    with tempfile.TemporaryDirectory() as work:
        parts = []
        for name in FALLBACK_SOURCES:
            font = TTFont(folder / name)
            here = missing & set(font.getBestCmap())
            missing -= here
            subsetter = subset.Subsetter(plain_options())
            subsetter.populate(unicodes=here)
            subsetter.subset(font)
            parts.append(pathlib.Path(work) / name)
            font.save(parts[-1])
        merged = merge.Merger().merge([str(part) for part in parts])
    for record in merged["name"].names:
        if record.nameID in (1, 3, 4, 6):
            record.string = "NotoSansFallback"
    merged.recalcTimestamp = False
    merged["head"].modified = merged["head"].created = 0
    merged["hhea"].ascent, merged["hhea"].descent, merged["hhea"].lineGap = 1060, -290, 0
    merged.save(target)
    print(f"{target}: {pathlib.Path(target).stat().st_size:,} bytes, {len(merged.getBestCmap()):,} characters")


if __name__ == "__main__":
    source, sisters, target = map(pathlib.Path, sys.argv[1:])
    make(source / SC_REGULAR, target / "NotoSansCJKsc-Regular.otf", TEXT_RANGES)
    make(source / SC_BOLD, target / "NotoSansCJKsc-Bold.otf")
    covered = set(TTFont(target / "NotoSansCJKsc-Regular.otf").getBestCmap())
    make_fallback(sisters, covered, target / "NotoSansFallback-Regular.ttf")
    for name, ranges in SCRIPTS.items():
        make_script(sisters, name, ranges, target / f"NotoSans{name}-Regular.ttf")
