#pragma once
#include <cstdint>

/// The one list of characters that cannot be seen. A test of the pages reads this file, because they have no other
/// way to it.
namespace hive::utf8 {

struct Range {
  std::uint32_t first, last;
};

/// Controls, line ends, annotations, and what Unicode calls default ignorable, but not the selectors of variants
/// in U+180B to U+180F and U+FE00 to U+FE0F: scripts and emoji are written with those.
inline constexpr Range kUnseen[] = {
    {0x00, 0x1F},        // controls
    {0x7F, 0x9F},        // delete, and controls
    {0xAD, 0xAD},        // soft hyphen
    {0x34F, 0x34F},      // grapheme joiner
    {0x61C, 0x61C},      // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer vowels that are not written
    {0x180E, 0x180E},    // vowel separator
    {0x200B, 0x200F},    // no width, joiners, marks of direction
    {0x2028, 0x202E},    // line ends, turns of direction
    {0x2060, 0x206F},    // joiners, isolates of direction
    {0x3164, 0x3164},    // Hangul filler
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // Hangul filler of half width
    {0xFFF0, 0xFFFB},    // not given out, annotations
    {0x1BCA0, 0x1BCA3},  // controls of shorthand
    {0x1D173, 0x1D17A},  // controls of musical notation
    {0xE0000, 0xE0FFF},  // tags, selectors of variants
};

/// Of those: scripts and emoji are written with them, and they show by what they join or part.
inline constexpr Range kJoiners = {0x200C, 0x200D};

}  // namespace hive::utf8
